using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Qmp.Interop.Emulators;
using Qmp.Types;

namespace Qmp.EndToEnd.Tests.Interop;

/// <summary>A program that takes the place of another: <c>cpr-transfer</c> beyond the matrix.</summary>
[Category("Slow")]
[TestFixture, Parallelizable]
internal sealed class CprTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public async Task Firmware_goes_along_where_it_is_shared()
    {
        string[] machine = ["-object", "memory-backend-memfd,id=mem,size=64M", "-M", "q35,memory-backend=mem,aux-ram-share=on"];
        await using EmulatorProcess first = await EmulatorProcess.StartAsync(EmulatorKind.Qmpd, "first", _folder, machine);
        await first.SwitchOnAsync();
        await using EmulatorProcess second = await TakeOverAsync(first, "second", machine);
        await using EmulatorProcess third = await TakeOverAsync(second, "third", machine);
        Assert.That(await third.QueryRunStateAsync(), Is.EqualTo(RunState.Running));
        Assert.That((await second.QueryMigrateAsync()).Ram!.Transferred, Is.LessThan(1 << 20));
        Assert.That(await third.ReadMemoryAsync(0xffff0000, 4096), Is.EqualTo(await first.ReadMemoryAsync(0xffff0000, 4096)));
    }

    [Test]
    public async Task Memory_that_is_not_shared_blocks_that_mode([Values] EmulatorKind kind)
    {
        Requirement.Check(kind);
        await using EmulatorProcess source = await EmulatorProcess.StartAsync(kind, "src", _folder);
        Assert.That((await source.QueryMigrateAsync()).BlockedReasons, Is.Null);
        await source.Migration.MigrateSetParametersAsync(new() { Mode = MigMode.CprTransfer });
        Assert.That((await source.QueryMigrateAsync()).BlockedReasons, Is.EqualTo(new[]
        {
            "Memory region ram is not compatible with CPR. share=on is required for memory-backend objects, and aux-ram-share=on is required.",
        }));
    }

    private async Task<EmulatorProcess> TakeOverAsync(EmulatorProcess source, string name, string[] machine)
    {
        string handover = _folder.File($"{name}.cpr");
        Task<EmulatorProcess> starting = EmulatorProcess.StartAsync(
            EmulatorKind.Qmpd, name, _folder,
            [
                .. machine, "-global", "migration.x-events=on", "-incoming", $"unix:{_folder.File($"{name}.mig")}",
                "-incoming", Channel("cpr", handover).ToString(Formatting.None),
            ]);
        await ListeningSocket.WhenAsync(handover, starting);
        Assert.That(File.Exists(_folder.File($"{name}.qmp")), Is.False, "there is no monitor before");
        await source.Migration.MigrateSetParametersAsync(new() { Mode = MigMode.CprTransfer });
        await source.Monitor.ExecuteRawAsync("migrate", new JObject
        {
            ["channels"] = new JArray(Channel("main", _folder.File($"{name}.mig")), Channel("cpr", handover)),
        });
        EmulatorProcess destination = await starting;
        await source.Events.WhenAsync(MigrationStatus.Completed);
        while ((await destination.QueryMigrateAsync()).Status != MigrationStatus.Completed) await Task.Delay(5);
        return destination;
    }

    private static JObject Channel(string type, string path) => new()
    {
        ["channel-type"] = type, ["addr"] = new JObject { ["transport"] = "socket", ["type"] = "unix", ["path"] = path },
    };
}
