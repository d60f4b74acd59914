using System.Net;
using System.Net.Sockets;
using Newtonsoft.Json.Linq;
using Qmp.Interop.Emulators;
using Qmp.Types;

namespace Qmp.EndToEnd.Tests.Interop;

/// <summary>Why a migration failed, where a connection breaks in several ways at once; and what standard error says.</summary>
/// <remarks>
/// With a return path QEMU's source says what came out of it last. Whether that is the end or a reset is the kernel's
/// choice: it depends on whether the destination had read everything when it died.
/// </remarks>
[Category("Slow")]
[TestFixture, Parallelizable]
internal sealed class ReasonTests
{
    private const string Sibling = "Sibling indicated error 1";
    private const string BrokenPipe = "Unable to write to socket: Broken pipe";
    private const string Uuid = "135b3e47-43ca-bc68-e23b-354a2f62a02";

    private static readonly string[] EndsOfReturnPath =
        ["Channel error: Input/output error", "Unable to read from socket: Connection reset by peer"];

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    // The destination reads nothing, so that the source is in the middle of a write where nothing limits it.
    [Test]
    public async Task Destination_that_is_gone_ends_the_return_path(
        [Values("unix", "tcp")] string protocol, [Values(0UL, 1UL << 20)] ulong maxBandwidth)
    {
        using var listener = protocol == "unix"
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(
            protocol == "unix" ? new UnixDomainSocketEndPoint(_folder.File("stream")) : new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        await using EmulatorProcess source = await StartAsync(EmulatorKind.Qmpd, noise: true);
        await source.SwitchOnAsync(MigrationCapability.ReturnPath);
        await source.Migration.MigrateSetParametersAsync(new() { MaxBandwidth = maxBandwidth });
        await source.Migration.MigrateAsync(new()
        {
            Uri = protocol == "unix"
                ? $"unix:{_folder.File("stream")}"
                : $"tcp:127.0.0.1:{((IPEndPoint)listener.LocalEndPoint!).Port}",
        });
        using (Socket destination = await listener.AcceptAsync())
        {
            await source.Events.WhenAsync(MigrationStatus.Active);
            await source.Events.WhenAsync("MIGRATION_PASS 1");
        }

        await source.Events.WhenAsync(MigrationStatus.Failed);
        Assert.That((await source.QueryMigrateAsync()).ErrorDesc, Is.AnyOf(EndsOfReturnPath));
        Assert.That(await source.QuerySettledRunStateAsync(), Is.EqualTo(RunState.Running));
    }

    [Test]
    public async Task Destination_that_refuses_the_memory_says_so(
        [Values] EmulatorKind kind, [Values("unix", "tcp")] string protocol)
    {
        Requirement.Check(kind);
        await using EmulatorProcess destination = await ListenAsync(kind, "-m", "32M");
        await using EmulatorProcess source = await StartAsync(kind, noise: true);
        await SwitchOnAsync(source, destination, MigrationCapability.ReturnPath);
        await source.Migration.MigrateAsync(new() { Uri = await ListenOnAsync(destination, protocol) });
        await source.Events.WhenAsync(MigrationStatus.Failed);

        string? reason = (await source.QueryMigrateAsync()).ErrorDesc;

        // QEMU's two threads race for the reason; mostly, the return path's is there first.
        if (kind == EmulatorKind.Qemu && reason?.StartsWith("Unable to write to socket: ", StringComparison.Ordinal) == true) return;
        Assert.That(reason, Is.EqualTo(Sibling));
    }

    [Test]
    public async Task Destination_that_refuses_a_device_says_so([Values("unix", "tcp")] string protocol)
    {
        await using EmulatorProcess destination = await ListenAsync(EmulatorKind.Qmpd);
        await using EmulatorProcess source =
            await StartAsync(EmulatorKind.Qmpd, noise: false, "-x-sim", "on", "-device", "x-vfio,id=nic,initial-bytes=4K");
        await SwitchOnAsync(source, destination, MigrationCapability.ReturnPath);
        await source.Migration.MigrateAsync(new() { Uri = await ListenOnAsync(destination, protocol) });
        await source.Events.WhenAsync(MigrationStatus.Failed);
        Assert.That((await source.QueryMigrateAsync()).ErrorDesc, Is.EqualTo(Sibling));
    }

    [Test]
    public async Task Without_a_return_path_the_broken_connection_is_the_reason([Values] EmulatorKind kind)
    {
        Requirement.Check(kind);
        await using EmulatorProcess destination = await ListenAsync(kind, "-m", "32M");
        await using EmulatorProcess source = await StartAsync(kind, noise: true);
        await source.SwitchOnAsync();
        await source.Migration.MigrateAsync(new() { Uri = await ListenOnAsync(destination, "unix") });
        await source.Events.WhenAsync(MigrationStatus.Failed);
        Assert.That((await source.QueryMigrateAsync()).ErrorDesc, Is.EqualTo(BrokenPipe));
        await source.WhenComplaintAsync(BrokenPipe);
        Assert.That(
            source.Complaints, Is.EqualTo(new[] { "failed to save SaveStateEntry with id(name): 1(ram): -5", BrokenPipe }));
    }

    [TestCase(true, false, "4", 1)]
    [TestCase(true, true, "4", 1)]
    [TestCase(false, true, "4", null)]
    [TestCase(true, false, "3", null)]
    [TestCase(true, false, null, null)]
    public async Task Uuid_that_is_sent_is_compared(bool sent, bool wanted, string? other, int? exit)
    {
        await CheckAsync(EmulatorKind.Qmpd);
        Requirement.Check(EmulatorKind.Qemu);
        await CheckAsync(EmulatorKind.Qemu);

        async Task CheckAsync(EmulatorKind kind)
        {
            string[] own = other is null ? [] : ["-uuid", Uuid + other];
            await using EmulatorProcess destination = await ListenAsync(kind, own);
            await using EmulatorProcess source = await StartAsync(kind, noise: false, "-uuid", Uuid + "3");
            await source.SwitchOnAsync(sent ? [MigrationCapability.ValidateUuid] : []);
            await destination.SwitchOnAsync(wanted ? [MigrationCapability.ValidateUuid] : []);
            await source.Migration.MigrateAsync(new() { Uri = await ListenOnAsync(destination, "unix") });
            if (exit is { } status)
            {
                Assert.That(await destination.Exit.WaitAsync(EventLog.Patience), Is.EqualTo(status));
                Assert.That(destination.Complaints, Does.Contain($"UUID received is {Uuid}3 and local is {Uuid}4"));
                return;
            }

            await destination.Events.WhenAsync(MigrationStatus.Completed);
            await destination.Monitor.ExecuteRawAsync("quit");
            await destination.Exit.WaitAsync(EventLog.Patience);
            string warning = $"warning: UUID is received {Uuid}3, but local uuid isn't set";
            Assert.That(destination.Complaints, Is.EqualTo(other is null ? [warning] : Array.Empty<string>()));
        }
    }

    [Test]
    public async Task Deprecated_capability_is_warned_of_where_it_was_asked_for([Values] EmulatorKind kind)
    {
        Requirement.Check(kind);
        const string Warning = "zero-blocks capability is deprecated";
        await using EmulatorProcess machine = await StartAsync(kind, noise: false);
        JToken answer = await machine.Monitor.ExecuteRawAsync(
            "human-monitor-command", new JObject { ["command-line"] = "migrate_set_capability zero-blocks on" });
        Assert.That(answer.Value<string>(), Is.EqualTo($"warning: {Warning}\r\n"));
        await machine.SwitchOnAsync();
        await machine.Monitor.ExecuteRawAsync("quit");
        await machine.Exit.WaitAsync(EventLog.Patience);
        Assert.That(machine.StandardError, Is.EqualTo($"warning: {Warning}\n"));
    }

    private Task<EmulatorProcess> ListenAsync(EmulatorKind kind, params string[] words) =>
        EmulatorProcess.StartAsync(kind, $"dst-{kind}", _folder, ["-incoming", "defer", .. words]);

    private async Task<EmulatorProcess> StartAsync(EmulatorKind kind, bool noise, params string[] words)
    {
        string[] loader = [];
        if (noise)
        {
            byte[] image = new byte[16 << 20];
            new Random(3).NextBytes(image);
            await File.WriteAllBytesAsync(_folder.File("image"), image);
            loader = ["-device", $"loader,file={_folder.File("image")},addr=0,force-raw=on"];
        }

        return await EmulatorProcess.StartAsync(kind, $"src-{kind}", _folder, [.. loader, .. words]);
    }

    private static async Task SwitchOnAsync(
        EmulatorProcess source, EmulatorProcess destination, params MigrationCapability[] capabilities)
    {
        await source.SwitchOnAsync(capabilities);
        await destination.SwitchOnAsync(capabilities);
    }

    private async Task<string> ListenOnAsync(EmulatorProcess destination, string protocol)
    {
        string uri = protocol == "unix" ? $"unix:{_folder.File("stream")}" : "tcp:127.0.0.1:0";
        await destination.Migration.MigrateIncomingAsync(new() { Uri = uri });
        return (await destination.QueryMigrateAsync()).SocketAddress! switch
        {
            [Qmp.Types.SocketAddress.Inet inet] => $"tcp:127.0.0.1:{inet.Value.Port}",
            _ => uri,
        };
    }
}
