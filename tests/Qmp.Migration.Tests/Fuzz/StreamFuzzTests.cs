using Qmp.Machine.Time;
using Qmp.Migration.Tests.Support;
using Qmp.Types;

namespace Qmp.Migration.Tests.Fuzz;

/// <summary>Damaged streams are refused or loaded: nothing is thrown, nothing hangs, memory is bounded.</summary>
[TestFixture]
[Category("Fuzz"), Category("Slow")]
internal sealed class StreamFuzzTests
{
    private const int UsualCount = 3_000;
    private const int WholeCount = 400_000;
    private const int SmallPiece = 64;

    // Streams of 2 MB take their time; every so many-th is one of them.
    private const int LargeEvery = 50;
    private const int Large = 1 << 20;

    private SeedStream[] _large = [];
    private SeedStream[] _small = [];

    [OneTimeSetUp]
    public void Record()
    {
        SeedStream[] all = SeedStream.All();
        _large = [.. all.Where(seed => seed.Bytes.Length >= Large)];
        _small = [.. all.Where(seed => seed.Bytes.Length < Large)];
    }

    [Test]
    public void Streams_that_nobody_damaged_are_loaded()
    {
        foreach (SeedStream seed in _large.Concat(_small))
        {
            Assert.That(Load(seed, seed.Bytes, pieces: null), Is.EqualTo(MigrationStatus.Completed), seed.Name);
            Assert.That(Load(seed, seed.Bytes, new Random(1)), Is.EqualTo(MigrationStatus.Completed), seed.Name);
        }
    }

    [Test]
    public void Damaged_streams_are_refused_or_loaded()
    {
        int completed = 0;
        int count = Fuzzing.Count(UsualCount, WholeCount);
        Fuzzing.Run(count, number =>
        {
            Random random = Fuzzing.RandomOf(number);
            SeedStream[] seeds = number % LargeEvery == 0 ? _large : _small;
            SeedStream seed = seeds[random.Next(seeds.Length)];
            byte[] bytes = ByteMutator.Mutate(random, seed.Bytes, _small[random.Next(_small.Length)].Bytes);
            if (Load(seed, bytes, number % 3 == 0 ? random : null) == MigrationStatus.Completed) completed++;
        });

        // Both outcomes must be exercised.
        Assert.That(completed, Is.InRange(count / 50, count - (count / 5)));
    }

    /// <summary>Loads a stream, in small pieces if there are random numbers for their sizes.</summary>
    private static MigrationStatus Load(SeedStream seed, byte[] bytes, Random? pieces)
    {
        var log = new ExceptionLog();
        var timeline = new VirtualTimeline();
        Func<int>? size = pieces is null ? null : () => pieces.Next(1, SmallPiece);
        var transport = new ByteConnector(bytes, size);
        using TestMachine machine = seed.CreateMachine(timeline, transport, log.Logger);
        timeline.Run(async () =>
        {
            machine.Listening("/unused");
            await Wait.EndAsync(machine, timeline);
        });
        timeline.RunUntilIdle(TimeSpan.FromMinutes(1));
        log.Check(seed.Name);
        MigrationStatus status = machine.Status;
        if (status == MigrationStatus.Failed)
        {
            Assert.That(machine.LoadError, Does.StartWith("load of migration failed: "), seed.Name);
            Assert.That(machine.Machine.IsRunning, Is.False, seed.Name);
        }
        else
        {
            Assert.That(status, Is.EqualTo(MigrationStatus.Completed), seed.Name);
        }

        return status;
    }
}
