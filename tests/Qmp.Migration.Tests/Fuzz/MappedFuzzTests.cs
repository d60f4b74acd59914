using System.Buffers.Binary;
using Qmp.Machine.Memory;
using Qmp.Machine.Time;
using Qmp.Migration.Tests.MappedRam;
using Qmp.Migration.Tests.Support;
using Qmp.Types;

namespace Qmp.Migration.Tests.Fuzz;

/// <summary>Damaged files with a place for each page are refused or loaded: nothing is thrown, nothing hangs, memory is bounded.</summary>
[TestFixture]
[Category("Fuzz"), Category("Slow")]
internal sealed class MappedFuzzTests
{
    private const int UsualCount = 1_500;
    private const int WholeCount = 60_000;
    private const int Pages = 8;
    private const int HeaderAt = 0x65;
    private const int BitmapAt = HeaderAt + 28;
    private const int PagesAt = 1 << 20;

    private static readonly ulong[] Places =
    [
        0, 1, 4095, 4096, 8192, 1 << 20, 0x7fffffffffffffff, 0x7ffffffffffff000, 1UL << 63, ulong.MaxValue, ulong.MaxValue - 4095,
    ];

    private byte[] _seed = [];

    [OneTimeSetUp]
    public void Record()
    {
        using var machines = new MappedMachines();
        TestMachine source = machines.Create(0, Pages * RamBlock.PageSize);
        MappedMachines.Fill(source);
        machines.Save(source);
        byte[] file = File.ReadAllBytes(machines.FileOf());

        // Readers take any place of pages, so a small file will do.
        BinaryPrimitives.WriteUInt64BigEndian(file.AsSpan(HeaderAt + 20), RamBlock.PageSize);
        _seed = [.. file[..RamBlock.PageSize], .. file[PagesAt..]];
    }

    [Test]
    public void A_file_that_nobody_damaged_is_loaded([Values] bool multifd) =>
        Assert.That(Load(_seed, multifd), Is.EqualTo(MigrationStatus.Completed));

    [Test]
    public void Damaged_files_are_refused_or_loaded()
    {
        int completed = 0;
        int count = Fuzzing.Count(UsualCount, WholeCount);
        Fuzzing.Run(count, number =>
        {
            Random random = Fuzzing.RandomOf(number);
            byte[] bytes = [.. _seed];
            switch (random.Next(4))
            {
                case 0:
                    bytes = ByteMutator.Mutate(random, _seed, _seed);
                    break;
                case 1:
                    BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(HeaderAt + (8 * random.Next(3)) + 4), Places[random.Next(Places.Length)]);
                    break;
                case 2:
                    random.NextBytes(bytes.AsSpan(BitmapAt, 8));
                    break;
                default:
                    bytes[random.Next(BitmapAt + 8)] ^= (byte)(1 << random.Next(8));
                    break;
            }

            if (Load(bytes, multifd: random.Next(3) == 0) == MigrationStatus.Completed) completed++;
        });
        Assert.That(completed, Is.InRange(count / 50, count - (count / 5)));
    }

    private static MigrationStatus Load(byte[] bytes, bool multifd)
    {
        const ulong FenceAt = 1 << 30;
        var log = new ExceptionLog();
        var timeline = new VirtualTimeline();
        using var machine = new TestMachine(
            timeline,
            new MemoryFile(bytes),
            "vm",
            memory: memory =>
            {
                memory.Map(RamBlock.Anonymous("ram", Pages * RamBlock.PageSize), 0);
                memory.Map(RamBlock.Anonymous("fence", RamBlock.PageSize), FenceAt);
            },
            logger: log.Logger);
        machine.With(MigrationCapability.MappedRam);
        if (multifd) machine.With(MigrationCapability.Multifd);
        timeline.Run(async () =>
        {
            machine.Listening("/unused");
            await Wait.EndAsync(machine, timeline);
        });
        timeline.RunUntilIdle(TimeSpan.FromMinutes(1));
        Assert.That(timeline.LiveActivities, Is.Zero);
        log.Check("mapped-ram");
        byte[] fence = new byte[RamBlock.PageSize];
        machine.Machine.Memory.Peek(FenceAt, fence);
        Assert.That(fence.AsSpan().ContainsAnyExcept((byte)0), Is.False);
        if (machine.Status == MigrationStatus.Completed) return MigrationStatus.Completed;
        Assert.That(machine.Status, Is.EqualTo(MigrationStatus.Failed));
        Assert.That(machine.LoadError, Does.StartWith("load of migration failed: "));
        return MigrationStatus.Failed;
    }
}
