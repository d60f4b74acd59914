using Qmp.Machine.Memory;
using Qmp.Machine.Time;
using Qmp.Migration.Tests.Support;
using Qmp.Types;

namespace Qmp.Migration.Tests.Fuzz;

/// <summary>Damaged streams with differences between pages are refused or loaded: nothing is thrown, nothing hangs.</summary>
[TestFixture]
[Category("Fuzz"), Category("Slow")]
internal sealed class XbzrleFuzzTests
{
    private const int UsualCount = 1_500;
    private const int WholeCount = 60_000;
    private const int Pages = 4;
    private const ulong FenceAt = 1 << 30;

    private static readonly MigrationCapability[] Capabilities =
        [MigrationCapability.Xbzrle, MigrationCapability.ReturnPath, MigrationCapability.SwitchoverAck];

    private readonly List<int> _records = [];
    private byte[] _seed = [];

    [OneTimeSetUp]
    public void Record()
    {
        var sent = new List<byte>();
        using var pair = new MigrationPair(Capabilities, ram: Pages * RamBlock.PageSize);
        pair.Network.ForwardTap = bytes => sent.AddRange(bytes.Span);
        foreach (TestMachine machine in new[] { pair.Source, pair.Destination }) machine.Core.Entries.Add(new AckDevice(TimeSpan.FromSeconds(3)));
        byte[] page = new byte[RamBlock.PageSize];
        new Random(1).NextBytes(page);
        for (ulong i = 0; i < Pages; i++) pair.Source.Machine.Memory.Load(i * RamBlock.PageSize, page);
        pair.Migrate(async () =>
        {
            for (int round = 0; round < 9; round++)
            {
                await Wait.ForAsync(pair.Timeline, TimeSpan.FromMilliseconds(300));
                for (ulong i = 0; i < Pages; i++)
                {
                    for (int at = round; at < RamBlock.PageSize; at += 300 + (100 * (int)i)) page[at]++;
                    pair.Source.Machine.Memory.Load(i * RamBlock.PageSize, page);
                }
            }
        });
        pair.CheckMoved();
        Assert.That(pair.Source.Core.Query().XbzrleCache!.Pages, Is.GreaterThan(20));
        _seed = [.. sent];

        // Word of a page that has changed, in the block that came last; then 1.
        for (int at = 0; at + 9 < _seed.Length; at++)
        {
            if (_seed.AsSpan(at, 6).ContainsAnyExcept((byte)0) || _seed[at + 7] != 0x60 || _seed[at + 8] != 1) continue;
            _records.Add(at);
        }

        Assert.That(_records, Has.Count.GreaterThan(10));
    }

    [Test]
    public void A_stream_that_nobody_damaged_is_loaded() => Assert.That(Load(_seed, null), Is.EqualTo(MigrationStatus.Completed));

    [Test]
    public void Damaged_differences_are_refused_or_loaded()
    {
        int completed = 0;
        int count = Fuzzing.Count(UsualCount, WholeCount);
        Fuzzing.Run(count, number =>
        {
            Random random = Fuzzing.RandomOf(number);
            byte[] bytes = [.. _seed];
            if (random.Next(5) == 0)
            {
                bytes = ByteMutator.Mutate(random, _seed, _seed);
            }
            else
            {
                // In a record: its word, its length, its runs.
                for (int i = random.Next(3); i >= 0; i--)
                {
                    int at = _records[random.Next(_records.Count)] + 5 + random.Next(60);
                    bytes[Math.Min(at, bytes.Length - 1)] = (byte)(random.Next(2) == 0 ? random.Next(256) : random.Next(3) * 0x80);
                }
            }

            if (Load(bytes, number % 3 == 0 ? random : null) == MigrationStatus.Completed) completed++;
        });
        Assert.That(completed, Is.InRange(count / 50, count - (count / 5)));
    }

    // No stream names the fence, so what lands there came from outside.
    private static void Map(GuestMemory memory)
    {
        memory.Map(RamBlock.Anonymous("ram", Pages * RamBlock.PageSize), 0);
        memory.Map(RamBlock.Anonymous("fence", RamBlock.PageSize), FenceAt);
    }

    private static MigrationStatus Load(byte[] bytes, Random? pieces)
    {
        var log = new ExceptionLog();
        var timeline = new VirtualTimeline();
        Func<int>? size = pieces is null ? null : () => pieces.Next(1, 200);
        using var machine = new TestMachine(timeline, new ByteConnector(bytes, size), "vm", memory: Map, logger: log.Logger);
        machine.With(Capabilities);
        machine.Core.Entries.Add(new AckDevice(TimeSpan.FromSeconds(3)));
        timeline.Run(async () =>
        {
            machine.Listening("/unused");
            await Wait.EndAsync(machine, timeline);
        });
        timeline.RunUntilIdle(TimeSpan.FromMinutes(1));
        log.Check("xbzrle");
        byte[] fence = new byte[RamBlock.PageSize];
        machine.Machine.Memory.Peek(FenceAt, fence);
        Assert.That(fence.AsSpan().ContainsAnyExcept((byte)0), Is.False);
        if (machine.Status == MigrationStatus.Completed) return MigrationStatus.Completed;
        Assert.That(machine.Status, Is.EqualTo(MigrationStatus.Failed));
        Assert.That(machine.LoadError, Does.StartWith("load of migration failed: "));
        return MigrationStatus.Failed;
    }
}
