using System.Net.Sockets;
using Qmp.Devices.Workload;
using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Migration.Channels.Posix;
using Qmp.Migration.Tests.Support;
using Qmp.Types;
using Serilog.Core;

namespace Qmp.Migration.Tests;

/// <summary>The same engine on threads and real sockets.</summary>
[TestFixture]
internal sealed class RealTimeTests
{
    private string _folder = "";

    [SetUp]
    public void SetUp() => _folder = Directory.CreateTempSubdirectory("qmp").FullName;

    [TearDown]
    public void TearDown() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void A_guest_that_writes_moves_over_sockets([Values("unix", "tcp")] string protocol, [Values(0, 3)] int channels)
    {
        var timeline = new ThreadTimeline(TimeProvider.System, Logger.None);
        var transport = new PosixConnector(new NoDescriptors());
        var workload = new WorkloadSettings { Rate = 8 << 20, WorkingSet = 1 << 20 };
        using var source = new TestMachine(timeline, transport, "src", 32 << 20, workload: workload);
        using var destination = new TestMachine(timeline, transport, "dst", 32 << 20, workload: workload);
        byte[] chunk = new byte[1 << 20];
        for (ulong offset = 2 << 20; offset < 32 << 20; offset += 2 << 20)
        {
            new Random((int)offset).NextBytes(chunk);
            source.Machine.Memory.Load(offset, chunk);
        }

        MigrationCapability[] capabilities =
            [MigrationCapability.Events, MigrationCapability.ReturnPath, MigrationCapability.SwitchoverAck];
        foreach (TestMachine machine in new[] { source, destination })
        {
            machine.With(capabilities);
            if (channels == 0) continue;
            machine.With(MigrationCapability.Multifd);
            machine.Core.Options.SetParameters(new() { MultifdChannels = (byte)channels });
        }

        destination.Machine.SetRunState(RunState.Inmigrate);
        destination.Machine.Autostart = false;
        destination.Core.AwaitsIncoming = true;
        destination.Core.MigrateIncoming(
            MigrationUri.Parse(protocol == "unix" ? $"unix:{_folder}/mig" : "tcp:127.0.0.1:0"));
        string uri = destination.Core.Query().SocketAddress![0] switch
        {
            SocketAddress.Inet inet => $"tcp:{inet.Value.Host}:{inet.Value.Port}",
            SocketAddress.Unix unix => $"unix:{unix.Value.Path}",
            _ => throw new InvalidOperationException(),
        };
        source.Running();
        source.Core.Migrate(new MigrationRequest(MigrationUri.Parse(uri)));
        Assert.That(Wait.EndAsync(source, timeline).AsTask().Wait(TimeSpan.FromSeconds(30)));
        Assert.That(Wait.EndAsync(destination, timeline).AsTask().Wait(TimeSpan.FromSeconds(30)));
        Assert.That(source.Core.Query().ErrorDesc, Is.Null);
        Assert.That(destination.LoadError, Is.Null);
        Assert.That(destination.Machine.RunState, Is.EqualTo(RunState.Paused));
        Assert.That(destination.Guest!.Verify(), Is.Null);
        Assert.That(destination.Guest.Writes, Is.EqualTo(source.Guest!.Writes));
        Assert.That(destination.Ram().AsSpan().SequenceEqual(source.Ram()));
    }

    // Who sees that the source has completed, and asks the destination then, finds the guest there.
    [Test]
    public void Source_completes_when_the_destination_has_hung_up()
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(Path.Combine(_folder, "mig")));
        listener.Listen();
        var timeline = new ThreadTimeline(TimeProvider.System, Logger.None);
        using var source = new TestMachine(timeline, new PosixConnector(new NoDescriptors()), "src");
        source.With(MigrationCapability.Events).Running();
        source.Core.Migrate(new MigrationRequest(MigrationUri.Parse($"unix:{_folder}/mig")));
        using (Socket destination = listener.Accept())
        {
            byte[] buffer = new byte[1 << 20];
            while (destination.Receive(buffer) > 0)
            {
            }

            Assert.That(source.Core.Query().Status, Is.EqualTo(MigrationStatus.Device));
        }

        Assert.That(Wait.EndAsync(source, timeline).AsTask().Wait(TimeSpan.FromSeconds(30)));
        Assert.That(source.Core.Query().Status, Is.EqualTo(MigrationStatus.Completed));
    }

    [Test]
    public void Nobody_listens()
    {
        var timeline = new ThreadTimeline(TimeProvider.System, Logger.None);
        using var source = new TestMachine(timeline, new PosixConnector(new NoDescriptors()), "src");
        source.With(MigrationCapability.Events).Running();
        source.Core.Migrate(new MigrationRequest(MigrationUri.Parse("unix:/nope/x")));
        Wait.EndAsync(source, timeline).AsTask().Wait();
        Assert.That(
            source.Core.Query().ErrorDesc, Is.EqualTo("Failed to connect to '/nope/x': No such file or directory"));
        Assert.That(source.EventNames, Is.EqualTo(new[] { "RESUME", "MIGRATION setup", "MIGRATION failed" }));
        Assert.That(source.Machine.IsRunning);
    }
}
