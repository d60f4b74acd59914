using Qmp.Devices.Workload;
using Qmp.Machine.Memory;
using Qmp.Machine.Time;
using Qmp.Migration.Channels.Virtual;
using Qmp.Migration.Tests.Support;

namespace Qmp.Migration.Tests.Memory;

/// <summary>Whoever touches guest memory waits for the pages that a migration keeps back.</summary>
[TestFixture]
internal sealed class PageGateTests
{
    private const int Page = RamBlock.PageSize;

    private VirtualTimeline _timeline = null!;
    private TestMachine _machine = null!;
    private RamBlock _block = null!;

    [SetUp]
    public void SetUp()
    {
        _timeline = new VirtualTimeline();
        _machine = new TestMachine(_timeline, new VirtualNetwork(_timeline), "m", 1 << 20);
        _block = _machine.Machine.Memory.Blocks[0];
    }

    [TearDown]
    public void TearDown() => _machine.Dispose();

    [Test]
    public void Without_a_gate_nothing_waits()
    {
        GuestMemory memory = _machine.Machine.Memory;
        byte[] data = [1, 2, 3];
        Assert.That(memory.WriteAsync(Page - 1, data).IsCompleted, Is.True);
        byte[] read = new byte[3];
        Assert.That(memory.ReadAsync(Page - 1, read).IsCompleted, Is.True);
        Assert.That(read, Is.EqualTo(data));
    }

    [Test]
    public void A_missing_page_is_waited_for_by_readers_and_writers()
    {
        _timeline.Run(async () =>
        {
            var gate = new Gate(_timeline, _block, holdsReads: true, 3);
            GuestMemory memory = _machine.Machine.Memory;
            byte[] read = new byte[2 * Page];
            ValueTask reading = memory.ReadAsync(2 * Page, read);
            ValueTask writing = memory.WriteAsync((3 * Page) + 8, new byte[] { 0xaa });
            Assert.That(reading.IsCompleted || writing.IsCompleted, Is.False);
            Assert.That(memory.ReadAsync(4 * Page, read).IsCompleted, Is.True, "a page that is here");
            Assert.That(gate.Asked, Is.EqualTo(new[] { 3L, 3L }));

            _block.BeginPlace(3).Fill(0x55);
            _block.EndPlace(3);
            await reading;
            await writing;
            Assert.That(read[Page + 8], Is.EqualTo(0x55).Or.EqualTo(0xaa));
            memory.Peek((3 * Page) + 7, read.AsSpan(0, 3));
            Assert.That(read[..3], Is.EqualTo(new byte[] { 0x55, 0xaa, 0x55 }), "the write came after the page");
        });
    }

    [Test]
    public void A_page_of_zeros_arrives_too()
    {
        _timeline.Run(async () =>
        {
            _ = new Gate(_timeline, _block, holdsReads: true, 3);
            ValueTask writing = _machine.Machine.Memory.WriteAsync(3 * Page, new byte[] { 1 });
            _block.PlaceZeros(3);
            await writing;
            Assert.That(_block.Gate!.Closed[3], Is.False);
        });
    }

    [Test]
    public void A_protected_page_is_waited_for_by_writers_only()
    {
        _timeline.Run(async () =>
        {
            var gate = new Gate(_timeline, _block, holdsReads: false, 3, 4);
            GuestMemory memory = _machine.Machine.Memory;
            Assert.That(memory.ReadAsync(3 * Page, new byte[Page]).IsCompleted, Is.True);
            ValueTask writing = memory.WriteAsync((4 * Page) - 1, new byte[] { 7, 7 });
            gate.Open(3);
            await Wait.ForAsync(_timeline, TimeSpan.FromMilliseconds(1));
            Assert.That(writing.IsCompleted, Is.False, "it touches the next page, too");
            Assert.That(_block.Peek((4 * Page) - 1, 1)[0], Is.Zero, "and changes nothing before it may");
            gate.Open(4);
            await writing;
            Assert.That(_block.Peek((4 * Page) - 1, 2).ToArray(), Is.EqualTo(new byte[] { 7, 7 }));
        });
    }

    [Test]
    public void A_guest_goes_on_when_its_page_has_come()
    {
        using var machine = new TestMachine(
            _timeline, new VirtualNetwork(_timeline), "w", 1 << 20, workload: new WorkloadSettings { Rate = 1 << 20, WorkingSet = 16 * Page });
        _timeline.Run(async () =>
        {
            RamBlock block = machine.Machine.Memory.Blocks[0];
            _ = new Gate(_timeline, block, holdsReads: true, 5);
            machine.Machine.Start();
            await Wait.ForAsync(_timeline, TimeSpan.FromMilliseconds(500));
            Assert.That(block.Written[4], Is.True);
            Assert.That(block.Written[6], Is.False, "it waits for page 5");
            block.PlaceZeros(5);
            await Wait.ForAsync(_timeline, TimeSpan.FromMilliseconds(500));
            Assert.That(block.Written[6], Is.True);
            await machine.Machine.StopAsync(Types.RunState.Paused);
            Assert.That(machine.Guest!.Verify(), Is.Null);
        });
    }

    /// <summary>Keeps pages back until the test opens them.</summary>
    private sealed class Gate : PageGate
    {
        private readonly List<Waker> _waiting = [];
        private readonly Timeline _timeline;

        public Gate(Timeline timeline, RamBlock block, bool holdsReads, params long[] pages)
            : base(new PageBitmap(block.Pages))
        {
            _timeline = timeline;
            HoldsReads = holdsReads;
            foreach (long page in pages) Closed.Set(page);
            block.Gate = this;
        }

        public List<long> Asked { get; } = [];

        public override bool HoldsReads { get; }

        public override async ValueTask WaitAsync(long page)
        {
            Asked.Add(page);
            Waker waker = _timeline.CreateWaker();
            _waiting.Add(waker);
            while (Closed[page]) await waker.WaitAsync();
        }

        public override void Placed(long page)
        {
            base.Placed(page);
            foreach (Waker waker in _waiting) waker.Wake();
        }

        public void Open(long page) => Placed(page);
    }
}
