using System.Buffers.Binary;
using Qmp.Devices.Workload;
using Qmp.Machine.Memory;
using Qmp.Machine.Time;
using Qmp.Migration.Channels.Virtual;
using Qmp.Migration.Tests.Postcopy;
using Qmp.Migration.Tests.Support;
using Qmp.Types;

namespace Qmp.Migration.Tests.Memory;

/// <summary>The guest reads back what it has written, waits for pages that are missing, and notices those that are wrong.</summary>
[TestFixture]
internal sealed class WorkloadReadTests
{
    private const int Page = RamBlock.PageSize;
    private const ulong DataPages = 15;
    private const int OneWrite = 5; // ms

    private VirtualTimeline _timeline = null!;
    private LogLines _log = null!;

    [SetUp]
    public void SetUp()
    {
        _timeline = new VirtualTimeline();
        _log = new LogLines();
    }

    [Test]
    public void Reading_changes_nothing_of_what_is_written()
    {
        var written = new List<ulong>[2];
        byte[][] memory = new byte[2][];
        for (int i = 0; i < 2; i++)
        {
            using TestMachine machine = Create(reads: i == 1);
            List<ulong> writes = written[i] = [];
            _timeline.Run(async () =>
            {
                machine.Machine.Start();
                for (int ms = 0; ms < 200; ms++)
                {
                    await Wait.ForAsync(_timeline, TimeSpan.FromMilliseconds(1));
                    writes.Add(machine.Guest!.Writes);
                }

                await machine.Machine.StopAsync(RunState.Paused);
            });
            memory[i] = machine.Ram();
            Assert.That(machine.Guest!.Counts.Reads, Is.EqualTo(i == 0 ? 0 : (long)machine.Guest.Writes));
        }

        Assert.That(written[1], Is.EqualTo(written[0]));
        Assert.That(written[0][^1], Is.GreaterThan(40));
        Assert.That(memory[1].AsSpan().SequenceEqual(memory[0]));
    }

    // Each page is met again before it is written anew: whichever is damaged right after it was written, it is noticed.
    [Test]
    public void Every_page_is_read_between_two_writes([Range(1, 15)] int page)
    {
        using TestMachine machine = Create();
        RunFor(machine, 100);
        ulong before = machine.Guest!.Writes;
        Assert.That(before, Is.GreaterThan(DataPages));
        Assert.That(machine.Guest.Counts.Damaged, Is.Zero);

        // Writes go on until that page was written last of all.
        while ((machine.Guest.Writes - 1) % DataPages != (ulong)page - 1) RunFor(machine, OneWrite);
        Damage(machine, page, 16);
        RunFor(machine, 60);
        Assert.That(machine.Guest.Counts.Damaged, Is.EqualTo(1), "once, for then it was written again");
    }

    [TestCase(16, "is corrupt in write {0}")]
    [TestCase(0, "is torn: write {1} at its start, {0} at its end")]
    [TestCase(Page - 8, "is torn: write {0} at its start, {1} at its end")]
    public void What_is_wrong_is_told_once_and_kept(int offset, string text)
    {
        using TestMachine machine = Create();
        RunFor(machine, 100);
        ulong number = machine.Guest!.Writes - 5;
        int page = (int)(1 + ((number - 1) % DataPages));
        Damage(machine, page, offset);
        string damage = $"page 0x{page * Page:x} " + string.Format(text, number, number ^ 1);
        RunFor(machine, 200);

        WorkloadCounts counts = machine.Guest.Counts;
        Assert.That(counts.Damage, Is.EqualTo(damage));
        Assert.That(_log.Warnings, Is.EqualTo(new[] { $"warning: guest 'workload0' reads what it has not written: {damage}" }));
        Assert.That(machine.Guest.Verify(), Is.EqualTo(damage), "the page has been written again, and yet was wrong");
        Assert.That(machine.Guest.Writes, Is.GreaterThan(number + (2 * DataPages)), "it goes on");
    }

    [Test]
    public void A_lost_write_is_told()
    {
        using TestMachine machine = Create();
        RunFor(machine, 100);
        ulong number = machine.Guest!.Writes - 5;
        ulong page = 1 + ((number - 1) % DataPages);
        byte[] old = new byte[Page];
        machine.Machine.Memory.Peek(page * Page, old);
        while (machine.Guest.Writes < number + DataPages) RunFor(machine, OneWrite);
        machine.Machine.Memory.Load(page * Page, old);
        RunFor(machine, 60);
        Assert.That(machine.Guest.Counts.Damage, Is.EqualTo($"page 0x{page * Page:x} lost a write: it shows {number}, not {number + DataPages}"));
    }

    [Test]
    public void A_read_waits_for_its_page_and_is_counted()
    {
        using TestMachine machine = Create();
        RunFor(machine, 100);
        RamBlock block = machine.Machine.Memory.Blocks[0];
        long page = (long)(1 + ((machine.Guest!.Writes + 1 - (DataPages / 2) - 1) % DataPages)); // the one that is read after the next write
        var gate = new SlowGate(_timeline, block, page);
        _timeline.Run(async () =>
        {
            machine.Machine.Start();
            await Wait.UntilAsync(_timeline, () => gate.IsWaitedFor);
            ulong writes = machine.Guest.Writes;
            TimeSpan waiting = machine.Guest.Counts.Waiting!.Value + TimeSpan.FromMilliseconds(250);
            await Wait.ForAsync(_timeline, TimeSpan.FromMilliseconds(250));
            WorkloadCounts counts = machine.Guest.Counts;
            Assert.That((counts.Faults, counts.Waiting, counts.Waited, counts.Longest), Is.EqualTo((1L, (TimeSpan?)waiting, waiting, waiting)));
            Assert.That(machine.Guest.Writes, Is.EqualTo(writes), "it stands still");
            gate.Placed(page);
            await Wait.ForAsync(_timeline, TimeSpan.FromMilliseconds(300));
            counts = machine.Guest.Counts;
            Assert.That((counts.Faults, counts.Waiting, counts.Waited), Is.EqualTo((1L, (TimeSpan?)null, waiting)));
            Assert.That(counts.Writes, Is.InRange(writes + 130, writes + 145), "what it could not write meanwhile it has made up for");
            await machine.Machine.StopAsync(RunState.Paused);
        });
        Assert.That(machine.Guest.Verify(), Is.Null);
    }

    [Test]
    public void Each_fault_in_postcopy_is_a_request_and_reads_make_some([Values] bool reads)
    {
        using MigrationPair pair = PostcopyMachines.Slow(PostcopyMachines.Busy with { Reads = reads });
        pair.Fill().Migrate(pair.StartAsync);
        pair.CheckMoved();
        WorkloadCounts counts = pair.Destination.Guest!.Counts;
        Assert.That(counts.Faults, Is.EqualTo(pair.Source.Core.Query().Ram!.PostcopyRequests).And.GreaterThan(0));
        Assert.That(counts.Longest, Is.GreaterThanOrEqualTo(TimeSpan.FromMilliseconds(2)), "there and back");
        Assert.That(counts.Waited, Is.InRange(counts.Longest, counts.Longest * counts.Faults));
        Assert.That((counts.Damaged, pair.Source.Guest!.Counts.Faults), Is.EqualTo((0L, 0L)));
        Assert.That(counts.Reads > 0, Is.EqualTo(reads));
    }

    [Test]
    public void A_machine_that_ends_without_its_memory_tells_no_tales()
    {
        using MigrationPair pair = PostcopyMachines.Slow(PostcopyMachines.Busy);
        pair.Fill();
        pair.Timeline.Run(async () =>
        {
            pair.Destination.Listening("/mig");
            pair.Source.Running();
            pair.Source.Core.Migrate(new MigrationRequest(MigrationPair.Address));
            await pair.FollowAsync();
            pair.Source.Core.PausePostcopy();
            await pair.PausedAsync();
            await Wait.UntilAsync(pair.Timeline, () => pair.Destination.Guest!.Counts.Waiting is not null);
            pair.Destination.Core.Shutdown();
            await Wait.ForAsync(pair.Timeline, TimeSpan.FromMilliseconds(10));
            await pair.Destination.Machine.StopAsync(RunState.Shutdown);
        });
        Assert.That(pair.Destination.Guest!.Counts, Has.Property(nameof(WorkloadCounts.Damage)).Null.And.Property(nameof(WorkloadCounts.Waiting)).Null);
        Assert.That(pair.DestinationLog.Warnings, Has.None.Contains("guest"));
    }

    private TestMachine Create(bool reads = true) => new(
        _timeline, new VirtualNetwork(_timeline), "r", 1 << 20, logger: _log.Logger,
        workload: new WorkloadSettings { Rate = 1 << 20, WorkingSet = (long)(DataPages + 1) * Page, Reads = reads });

    private void RunFor(TestMachine machine, int milliseconds) => _timeline.Run(async () =>
    {
        machine.Machine.Start();
        await Wait.ForAsync(_timeline, TimeSpan.FromMilliseconds(milliseconds));
        await machine.Machine.StopAsync(RunState.Paused);
    });

    // Changes the lowest bit of one byte.
    private static void Damage(TestMachine machine, int page, int offset)
    {
        ulong address = ((ulong)page * Page) + (ulong)offset;
        byte[] number = new byte[8];
        machine.Machine.Memory.Peek(address, number);
        BinaryPrimitives.WriteUInt64LittleEndian(number, BinaryPrimitives.ReadUInt64LittleEndian(number) ^ 1);
        machine.Machine.Memory.Load(address, number);
    }

    /// <summary>A page that is missing until the test brings it.</summary>
    private sealed class SlowGate : AwaitedPages
    {
        public SlowGate(Timeline timeline, RamBlock block, long page)
            : base(timeline, block)
        {
            Closed.Set(page);
            block.Gate = this;
        }

        public override bool HoldsReads => true;

        protected override ValueTask AskAsync(long page) => ValueTask.CompletedTask;
    }
}
