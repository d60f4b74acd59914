using Newtonsoft.Json.Linq;
using Qmp.EndToEnd.Tests.Interop;
using Qmp.Interop.Emulators;
using Qmp.Interop.Matrix;
using Qmp.Types;

namespace Qmp.EndToEnd.Tests.Tls;

/// <summary>Migrations over TLS that come to nothing end as between two QEMUs, whichever end is ours.</summary>
[Category("Slow")]
[TestFixture]
internal sealed class TlsRefusalTests
{
    /// <summary>Where qmpd stopped to load, which QEMU does not say.</summary>
    private const string Position = "load stopped at stream offset";

    private static IEnumerable<TestCaseData> Cases() =>
        from refusal in TlsRefusal.All()
        from pair in Pair.All
        select new TestCaseData(refusal, pair).SetName($"{refusal}, {pair}");

    [TestCaseSource(nameof(Cases))]
    public async Task Migration_is_refused(TlsRefusal refusal, Pair pair)
    {
        Requirement.Check(pair);
        using var folder = new TemporaryFolder();
        var folders = new TlsFolders(folder);
        await File.WriteAllBytesAsync(folder.File("image"), MemoryImage.Create(1));
        await using EmulatorProcess source = await EmulatorProcess.StartAsync(
            pair.Source, "src", folder, "-device", $"loader,file={folder.File("image")},addr=0,force-raw=on");
        await using EmulatorProcess destination = await EmulatorProcess.StartAsync(
            pair.Destination, "dst", folder, "-incoming", "defer", "-object", "authz-simple,id=other,identity=CN=other");
        JObject? client = refusal.Client(folders);
        JObject? server = refusal.Server(folders);
        await PrepareAsync(source, client, refusal);
        await PrepareAsync(destination, server, refusal);

        // The credentials are named after it has begun to listen: they are looked for when a connection comes.
        await destination.Migration.MigrateIncomingAsync(new()
        {
            Uri = refusal.Route == Route.Tcp ? "tcp:127.0.0.1:0" : $"unix:{folder.File("stream")}",
        });
        if (server is not null)
        {
            await destination.Migration.MigrateSetParametersAsync(new()
            {
                TlsCreds = new StrOrNull.S(refusal.Id),
                TlsAuthz = refusal.Authorization is { } authorization ? new StrOrNull.S(authorization) : null,
            });
        }

        await source.Migration.MigrateSetParametersAsync(new()
        {
            MaxBandwidth = 4 << 20, // it must not be over before it is refused
            TlsCreds = client is null ? null : new StrOrNull.S(refusal.Id),
            TlsHostname = refusal.HostName is { } name ? new StrOrNull.S(name) : null,
        });
        await source.Migration.MigrateAsync(new() { Uri = await UriAsync(destination) });
        await source.Events.WhenEndedAsync();
        MigrationInfo info = await source.QueryMigrateAsync();
        Assert.That(info.Status, Is.EqualTo(MigrationStatus.Failed));
        Assert.That(refusal.Fits(info.ErrorDesc), info.ErrorDesc);
        Assert.That(await source.QuerySettledRunStateAsync(), Is.EqualTo(RunState.Running));
        await CheckDestinationAsync(refusal, pair, destination);
        await source.RequireMemoryAsync(MemoryImage.Create(1));
    }

    private static async Task CheckDestinationAsync(TlsRefusal refusal, Pair pair, EmulatorProcess destination)
    {
        // A QEMU without credentials of its own as source breaks off before a handshake: the destination says how it took that.
        if (refusal.IsFatal && refusal.Id == TlsFolders.Id)
        {
            Assert.That(await destination.Exit.WaitAsync(EventLog.Patience), Is.EqualTo(1));
        }
        else if (!refusal.IsFatal)
        {
            if (refusal.Complaints is [.., var last]) await destination.WhenComplaintAsync(last);
            Assert.That(await destination.QueryRunStateAsync(), Is.EqualTo(RunState.Inmigrate));
            Assert.That((await destination.QueryMigrateAsync()).Status, Is.EqualTo(MigrationStatus.Setup));
        }

        if (refusal.Id != TlsFolders.Id) await destination.Exit.WaitAsync(EventLog.Patience);
        Assert.That(
            destination.Complaints.Where(c => !c.StartsWith(Position, StringComparison.Ordinal)).Distinct(),
            Is.EqualTo(refusal.Complaints));
    }

    private static async Task PrepareAsync(EmulatorProcess emulator, JObject? made, TlsRefusal refusal)
    {
        await emulator.SwitchOnAsync(refusal.HasChannels ? [MigrationCapability.Multifd] : []);
        if (made is not null) await emulator.Monitor.ExecuteRawAsync("object-add", made);
    }

    private static async Task<string> UriAsync(EmulatorProcess destination) =>
        (await destination.QueryMigrateAsync()).SocketAddress switch
        {
            [SocketAddress.Inet { Value: var inet }] => $"tcp:{inet.Host}:{inet.Port}",
            [SocketAddress.Unix { Value: var unix }] => $"unix:{unix.Path}",
            _ => throw new AssertionException("it does not say where it listens"),
        };
}
