using Qmp.Machine.Memory;
using Qmp.Machine.Time;
using Qmp.Migration.Channels.Virtual;
using Qmp.Migration.Tests.Support;
using Qmp.Types;

namespace Qmp.Migration.Tests;

/// <summary>A connection that breaks after any byte fails the migration cleanly, and the source's guest runs on.</summary>
[TestFixture]
internal sealed class CutTests
{
    private const int SmallPages = 16;

    [Category("Slow")]
    [Test]
    public void Cut_at_every_offset_of_a_small_stream([Values] bool returnPath)
    {
        byte[] memory = HalfZero(SmallPages);
        long length = Migrate(memory, null, returnPath).Length;
        Assert.That(length, Is.GreaterThan(SmallPages / 2 * 4096));
        for (long cut = 0; cut < length; cut++) CheckCut(memory, cut, length, returnPath);
    }

    [Category("Slow")]
    [Test]
    public void Cut_at_seeded_offsets_of_a_larger_stream()
    {
        byte[] memory = HalfZero(256);
        long length = Migrate(memory, null, returnPath: true).Length;
        var random = new Random(20);
        for (int i = 0; i < 2000; i++) CheckCut(memory, random.NextInt64(length), length, returnPath: true);
    }

    private static void CheckCut(byte[] memory, long cut, long length, bool returnPath)
    {
        Outcome outcome = Migrate(memory, cut, returnPath);
        string at = $"cut at {cut} of {length}";

        // Without a return path the source is done when its bytes are out, so it may not notice; with it, it waits to
        // be told, and never is.
        if (returnPath || outcome.Source == MigrationStatus.Failed)
        {
            Assert.That(outcome.Source, Is.EqualTo(MigrationStatus.Failed), at);
            Assert.That(outcome.SourceRuns, Is.True, at);
            Assert.That(outcome.SourceError, Is.Not.Null.And.Not.Empty, at);
            Assert.That(outcome.SourceIntact, Is.True, at);
        }
        else
        {
            Assert.That(outcome.Source, Is.EqualTo(MigrationStatus.Completed), at);
        }

        // What follows the end mark is only dropped, so a stream cut there has been loaded.
        if (outcome.Destination == MigrationStatus.Completed)
        {
            Assert.That(outcome.DestinationIntact, Is.True, at);
            Assert.That(cut, Is.GreaterThan(length - 1000), at);
            return;
        }

        Assert.That(outcome.Destination, Is.EqualTo(MigrationStatus.Failed), at);
        Assert.That(outcome.DestinationError, Does.StartWith("load of migration failed: "), at);
        Assert.That(outcome.DestinationRuns, Is.False, at);
    }

    private static Outcome Migrate(byte[] memory, long? cut, bool returnPath)
    {
        var timeline = new VirtualTimeline();
        long length = 0;
        var network = new VirtualNetwork(timeline)
        {
            Link = new LinkSettings { CutAfter = cut },
            ForwardTap = bytes => length += bytes.Length,
        };
        using TestMachine source = Create(timeline, network, memory);
        using TestMachine destination = Create(timeline, network, new byte[memory.Length]);
        var fence = new Fence(destination);
        if (returnPath)
        {
            source.With(MigrationCapability.ReturnPath);
            destination.With(MigrationCapability.ReturnPath);
        }

        timeline.Run(async () =>
        {
            destination.Listening("/mig");
            source.Running();
            source.Core.Migrate(new MigrationRequest(TestMachine.Unix("/mig")));
            await Wait.EndAsync(source, timeline);
            await Wait.EndAsync(destination, timeline);
        });
        fence.Check();
        return new Outcome(
            length,
            source.Status,
            source.Core.Query().ErrorDesc,
            source.Machine.IsRunning,
            source.Ram(memory.Length).AsSpan().SequenceEqual(memory),
            destination.Status,
            destination.LoadError,
            destination.Machine.IsRunning,
            destination.Ram(memory.Length).AsSpan().SequenceEqual(memory));
    }

    private static TestMachine Create(VirtualTimeline timeline, VirtualNetwork network, byte[] ram) => new(
        timeline,
        network,
        "vm",
        memory: memory =>
        {
            memory.Map(RamBlock.Anonymous("ram", (ulong)ram.Length), 0);
            memory.Map(RamBlock.Anonymous("fence", RamBlock.PageSize), Fence.Address);
            if (ram.AsSpan().ContainsAnyExcept((byte)0)) memory.Load(0, ram);
        });

    private static byte[] HalfZero(int pages)
    {
        byte[] memory = new byte[pages * 4096];
        var random = new Random(pages);
        for (int page = 0; page < pages; page += 2) random.NextBytes(memory.AsSpan(page * 4096, 4096));
        return memory;
    }

    private sealed record Outcome(
        long Length,
        MigrationStatus Source,
        string? SourceError,
        bool SourceRuns,
        bool SourceIntact,
        MigrationStatus Destination,
        string? DestinationError,
        bool DestinationRuns,
        bool DestinationIntact);

    /// <summary>A second block that both ends have and nobody writes: what lands there came from outside.</summary>
    private sealed class Fence(TestMachine machine)
    {
        public const ulong Address = 1 << 30;

        public void Check()
        {
            byte[] bytes = new byte[RamBlock.PageSize];
            machine.Machine.Memory.Peek(Address, bytes);
            Assert.That(bytes.AsSpan().ContainsAnyExcept((byte)0), Is.False);
        }
    }
}
