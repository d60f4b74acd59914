using Qmp.Linux;
using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Migration.Channels.Posix;
using Qmp.Migration.Tests.Support;
using Qmp.Types;
using Serilog.Core;

namespace Qmp.Migration.Tests;

/// <summary>Descriptors that somebody passed (<c>fd:</c>), whatever mode they are in, with more data than buffers hold.</summary>
[TestFixture]
internal sealed class DescriptorModeTests
{
    private const ulong Ram = 8 << 20;

    private ThreadTimeline _timeline = null!;
    private Passed _passed = null!;
    private TestMachine _source = null!;
    private TestMachine _destination = null!;

    [SetUp]
    public void SetUp()
    {
        _timeline = new ThreadTimeline(TimeProvider.System, Logger.None);
        _passed = new Passed();
        var transport = new PosixConnector(_passed);
        _source = new TestMachine(_timeline, transport, "src", Ram);
        _destination = new TestMachine(_timeline, transport, "dst", Ram);
        byte[] noise = new byte[Ram];
        new Random(7).NextBytes(noise);
        _source.Machine.Memory.Load(0, noise);
    }

    [TearDown]
    public void TearDown()
    {
        _source.Dispose();
        _destination.Dispose();
    }

    [Test]
    public void Socket_of_any_mode_carries_a_guest(
        [Values] bool sourceWaits, [Values] bool destinationWaits, [Values] bool returnPath)
    {
        (DescriptorHandle left, DescriptorHandle right) = Sockets.Pair();
        Files.SetNonBlocking(left, !sourceWaits);
        Files.SetNonBlocking(right, !destinationWaits);
        if (returnPath)
        {
            _source.With(MigrationCapability.ReturnPath);
            _destination.With(MigrationCapability.ReturnPath);
        }

        Migrate(left, right);
    }

    [Test]
    public void Pipe_of_any_mode_carries_a_guest([Values] bool sourceWaits, [Values] bool destinationWaits)
    {
        (DescriptorHandle reading, DescriptorHandle writing) = Files.MakePipe();
        Files.SetNonBlocking(writing, !sourceWaits);
        Files.SetNonBlocking(reading, !destinationWaits);
        Migrate(writing, reading);
    }

    // The mode belongs to the open file, which whoever passed it still holds.
    [Test]
    public void Socket_whose_mode_changes_carries_a_guest()
    {
        (DescriptorHandle left, DescriptorHandle right) = Sockets.Pair();
        using DescriptorHandle sharedLeft = Share(left);
        using DescriptorHandle sharedRight = Share(right);
        using var over = new CancellationTokenSource();
        var changer = new Thread(() =>
        {
            for (bool nonBlocking = true; !over.IsCancellationRequested; nonBlocking = !nonBlocking)
            {
                Files.SetNonBlocking(sharedLeft, nonBlocking);
                Files.SetNonBlocking(sharedRight, !nonBlocking);
                Thread.Yield();
            }
        });
        changer.Start();
        try
        {
            Migrate(left, right);
        }
        finally
        {
            over.Cancel();
            changer.Join();
        }
    }

    private static DescriptorHandle Share(DescriptorHandle handle) => new(Files.Duplicate(handle), ownsHandle: true);

    private void Migrate(DescriptorHandle source, DescriptorHandle destination)
    {
        _passed.Add("to", source);
        _passed.Add("from", destination);
        _destination.Machine.SetRunState(RunState.Inmigrate);
        _destination.Core.AwaitsIncoming = true;
        _destination.Core.MigrateIncoming(MigrationUri.Parse("fd:from"));
        _source.Running();
        _source.Core.Migrate(new MigrationRequest(MigrationUri.Parse("fd:to")));
        Assert.That(Wait.EndAsync(_source, _timeline).AsTask().Wait(TimeSpan.FromSeconds(60)));
        Assert.That(Wait.EndAsync(_destination, _timeline).AsTask().Wait(TimeSpan.FromSeconds(60)));
        Assert.That(_source.Core.Query().ErrorDesc, Is.Null);
        Assert.That(_destination.LoadError, Is.Null);
        Assert.That(_destination.Ram().AsSpan().SequenceEqual(_source.Ram()));
    }

    /// <summary>Descriptors that clients passed by name.</summary>
    private sealed class Passed : IPassedDescriptors
    {
        private readonly Dictionary<string, int> _named = [];

        public void Add(string name, DescriptorHandle handle) => _named[name] = handle.Release();

        public int Take(string name) => _named.Remove(name, out int descriptor) ? descriptor : -1;

        public int Duplicate(long set, int flags) => throw new ChannelException("there are no sets");
    }
}
