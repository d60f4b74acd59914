using Qmp.EndToEnd.Tests.Interop.Scripted;
using Qmp.Interop.Emulators;
using Qmp.Types;

namespace Qmp.EndToEnd.Tests.Interop;

/// <summary>Unusual streams that destinations accept, QEMU and qmpd alike.</summary>
[Category("Slow")]
[TestFixture]
internal sealed class AcceptanceTests
{
    private static IEnumerable<TestCaseData> Cases() =>
        from acceptance in Acceptance.All()
        from kind in Enum.GetValues<EmulatorKind>()
        select new TestCaseData(acceptance, kind).SetName($"{acceptance}, {kind}");

    [TestCaseSource(nameof(Cases))]
    public async Task Stream_is_loaded(Acceptance acceptance, EmulatorKind kind)
    {
        Requirement.Check(kind);
        using var folder = new TemporaryFolder();
        await using EmulatorProcess destination = await ListenAsync(kind, folder, acceptance.Capabilities);
        byte[] memory = MemoryImage.Create(seed: 5);
        using var source = new ScriptedSource(folder.File("stream"));
        source.Send(acceptance.Stream(memory).ToArray());
        await destination.Events.WhenAsync(MigrationStatus.Completed);
        Assert.That(await destination.QueryRunStateAsync(), Is.EqualTo(acceptance.RunState));
        byte[] loaded = await destination.ReadMemoryAsync();
        MemoryImage.Compare("what was loaded", memory, loaded);
        Assert.That(
            Convert.ToHexString(await source.ReadToEndAsync().WaitAsync(EventLog.Patience)),
            Is.EqualTo(acceptance.Answer));
        Assert.That(destination.Complaints, Is.EqualTo(acceptance.Complaints));
    }

    [Test]
    public async Task Without_a_description_the_end_is_waited_for_and_is_no_success([Values] EmulatorKind kind)
    {
        Requirement.Check(kind);
        using var folder = new TemporaryFolder();
        await using EmulatorProcess destination = await ListenAsync(kind, folder, []);
        using var source = new ScriptedSource(folder.File("stream"));
        source.Send(new StreamBuilder().Header().Command(1).RamSetup(64 << 20).RamRecords(3).EndOfRecords()
            .GlobalState().U8(0).ToArray());
        await destination.Events.WhenAsync(MigrationStatus.Active);
        Assert.That((await destination.QueryMigrateAsync()).Status, Is.EqualTo(MigrationStatus.Active));
        source.EndSending();
        await destination.Events.WhenAsync(MigrationStatus.Completed);
        Assert.That(await destination.QueryRunStateAsync(), Is.EqualTo(RunState.Running));
        Assert.That(
            Convert.ToHexString(await source.ReadToEndAsync().WaitAsync(EventLog.Patience)),
            Is.EqualTo("0001000400000001"));
        Assert.That(destination.Complaints, Is.EqualTo(["Expected vmdescription section, but got 0"]));
    }

    private static async Task<EmulatorProcess> ListenAsync(
        EmulatorKind kind, TemporaryFolder folder, IReadOnlyList<MigrationCapability> capabilities)
    {
        EmulatorProcess destination = await EmulatorProcess.StartAsync(kind, "dst", folder, "-incoming", "defer");
        await destination.SwitchOnAsync(capabilities);
        await destination.Migration.MigrateIncomingAsync(new() { Uri = $"unix:{folder.File("stream")}" });
        return destination;
    }
}
