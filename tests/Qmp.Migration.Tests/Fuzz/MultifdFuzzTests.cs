using Qmp.Machine.Memory;
using Qmp.Machine.Time;
using Qmp.Migration.Tests.Support;
using Qmp.Types;
using Serilog;

namespace Qmp.Migration.Tests.Fuzz;

/// <summary>Damaged multifd channels are refused or loaded: nothing is thrown, nothing hangs, memory is bounded.</summary>
[TestFixture]
[Category("Fuzz"), Category("Slow")]
internal sealed class MultifdFuzzTests
{
    private const int UsualCount = 1_500;
    private const int WholeCount = 80_000;
    private const int SmallPiece = 700;
    private const ulong RamSize = 48 * RamBlock.PageSize;
    private const ulong FenceAt = 1 << 30;

    private static readonly MultiFDCompression[] Kinds = [MultiFDCompression.None, MultiFDCompression.Zlib, MultiFDCompression.Zstd];

    private byte[][][] _seeds = [];

    [OneTimeSetUp]
    public void Record() => _seeds = [.. Kinds.Select(Record)];

    [Test]
    public void Channels_that_nobody_damaged_are_loaded()
    {
        for (int kind = 0; kind < Kinds.Length; kind++)
        {
            Assert.That(Load(kind, _seeds[kind], pieces: null), Is.EqualTo(MigrationStatus.Completed));
            Assert.That(Load(kind, _seeds[kind], new Random(1)), Is.EqualTo(MigrationStatus.Completed));
        }
    }

    [Test]
    public void Damaged_channels_are_refused_or_loaded()
    {
        int completed = 0;
        int count = Fuzzing.Count(UsualCount, WholeCount);
        Fuzzing.Run(count, number =>
        {
            Random random = Fuzzing.RandomOf(number);
            int kind = random.Next(Kinds.Length);
            byte[][] connections = [.. _seeds[kind]];
            byte[][] others = _seeds[random.Next(Kinds.Length)];
            for (int i = random.Next(2); i >= 0; i--)
            {
                int victim = random.Next(6) == 0 ? 0 : random.Next(1, connections.Length);
                connections[victim] = ByteMutator.Mutate(random, connections[victim], others[random.Next(others.Length)]);
            }

            if (random.Next(10) == 0) connections[1] = connections[2];
            random.Shuffle(connections);
            if (Load(kind, connections, number % 3 == 0 ? random : null) == MigrationStatus.Completed) completed++;
        });

        // Both outcomes must be exercised.
        Assert.That(completed, Is.InRange(count / 50, count - (count / 5)));
    }

    private static byte[][] Record(MultiFDCompression kind)
    {
        var timeline = new VirtualTimeline();
        var transport = new ManyConnector(timeline);
        using TestMachine source = Create(timeline, transport, kind, null, hasFence: false);
        byte[] ram = new byte[RamSize];
        var random = new Random(1);
        for (int page = 0; page < 48; page += 3) random.NextBytes(ram.AsSpan(page * RamBlock.PageSize, random.Next(RamBlock.PageSize)));
        source.Machine.Memory.Load(0, ram);
        timeline.Run(async () =>
        {
            source.Running();
            source.Core.Migrate(new MigrationRequest(TestMachine.Unix("/seed")));
            Assert.That(await Wait.EndAsync(source, timeline), Is.EqualTo(MigrationStatus.Completed));
        });
        return [.. transport.Written.Select(stream => stream.ToArray())];
    }

    // No stream names the fence, so what lands there came from outside.
    private static TestMachine Create(
        Timeline timeline, ManyConnector transport, MultiFDCompression kind, ILogger? logger, bool hasFence)
    {
        var machine = new TestMachine(
            timeline,
            transport,
            "vm",
            memory: memory =>
            {
                memory.Map(RamBlock.Anonymous("ram", RamSize), 0);
                if (hasFence) memory.Map(RamBlock.Anonymous("fence", RamBlock.PageSize), FenceAt);
            },
            logger: logger);
        machine.With(MigrationCapability.Multifd);
        machine.Core.Options.SetParameters(new MigrateSetParameters { MultifdChannels = 2, MultifdCompression = kind });
        return machine;
    }

    private static MigrationStatus Load(int kind, byte[][] connections, Random? pieces)
    {
        var log = new ExceptionLog();
        var timeline = new VirtualTimeline();
        Func<int>? size = pieces is null ? null : () => pieces.Next(1, SmallPiece);
        var transport = new ManyConnector(timeline, connections, pieceSize: size);
        using TestMachine machine = Create(timeline, transport, Kinds[kind], log.Logger, hasFence: true);
        timeline.Run(async () =>
        {
            machine.Listening("/unused");
            await Wait.EndAsync(machine, timeline);
        });
        timeline.RunUntilIdle(TimeSpan.FromMinutes(1));
        Assert.That(timeline.LiveActivities, Is.Zero);
        log.Check(Kinds[kind].ToString());
        byte[] fence = new byte[RamBlock.PageSize];
        machine.Machine.Memory.Peek(FenceAt, fence);
        Assert.That(fence.AsSpan().ContainsAnyExcept((byte)0), Is.False);
        if (machine.Status == MigrationStatus.Completed) return MigrationStatus.Completed;
        Assert.That(machine.Status, Is.EqualTo(MigrationStatus.Failed));
        Assert.That(machine.LoadError, Is.Not.Null.And.Not.Empty);
        Assert.That(machine.Machine.IsRunning, Is.False);
        return MigrationStatus.Failed;
    }
}
