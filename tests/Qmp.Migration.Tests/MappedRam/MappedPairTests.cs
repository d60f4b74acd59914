using Qmp.Devices.Workload;
using Qmp.Machine.Memory;
using Qmp.Migration.Channels;
using Qmp.Migration.Tests.Support;
using Qmp.Types;

namespace Qmp.Migration.Tests.MappedRam;

/// <summary>A guest comes out of a file as it went in.</summary>
[TestFixture]
internal sealed class MappedPairTests
{
    private MappedMachines _machines = null!;

    [SetUp]
    public void SetUp() => _machines = new MappedMachines();

    [TearDown]
    public void TearDown() => _machines.Dispose();

    [Test]
    public void A_guest_that_writes_loses_no_write([Values(0, 1, 4)] int saving, [Values(0, 3)] int loading)
    {
        var workload = new WorkloadSettings { Rate = 400_000, WorkingSet = 1 << 20 };
        TestMachine source = _machines.Create(saving, 4 << 20, workload, maxBandwidth: 2_000_000);
        MappedMachines.Fill(source);
        _machines.Save(source);
        Assert.That(source.Core.Query().Ram!.DirtySyncCount, Is.GreaterThan(2));
        TestMachine destination = _machines.Create(loading, 4 << 20, workload);
        Assert.That(_machines.Load(destination), Is.Null);
        ulong moved = source.Guest!.Writes;
        _machines.Timeline.Run(async () =>
        {
            await Wait.ForAsync(_machines.Timeline, TimeSpan.FromMilliseconds(100));
            await destination.Machine.StopAsync(RunState.Paused);
        });
        Assert.That(source.Guest.Verify(), Is.Null);
        Assert.That(destination.Guest!.Verify(), Is.Null);
        Assert.That(moved, Is.GreaterThan(0));
        Assert.That(destination.Guest.Writes, Is.GreaterThan(moved));
    }

    [Test]
    public void Rate_limit_counts_pages_in_the_file([Values(0, 1, 4)] int channels)
    {
        TestMachine source = _machines.Create(channels, 32 << 20, maxBandwidth: 8 << 20);
        MappedMachines.Fill(source, 1);
        _machines.Save(source);
        MigrationInfo info = source.Core.Query();
        ulong counted = (ulong)(info.Ram!.PrecopyBytes + info.Ram.DowntimeBytes);
        Assert.That(counted, channels == 0 ? Is.InRange(32 << 20, 33 << 20) : Is.LessThan(1 << 20), "QEMU counts pages there, too, but not those of channels");
        Assert.That(info.TotalTime, Is.InRange(900, 4100), "32 MiB at 8 MiB a second, but for packets under way and the downtime");
        Assert.That(info.Ram!.Normal, Is.EqualTo((32 << 20) / 4096));
    }

    // Pages become zeros, and others, while it is saved: what was written for them before does not count.
    [Test]
    public void Last_state_of_a_page_counts([Values(0, 2)] int channels)
    {
        TestMachine source = _machines.Create(channels, 32 << 20, maxBandwidth: 4_000_000);
        MappedMachines.Fill(source);
        _machines.Timeline.Run(async () =>
        {
            source.Running();
            source.Core.Migrate(new MigrationRequest(MigrationUri.Parse($"file:{_machines.FileOf()}")));
            await Wait.ForAsync(_machines.Timeline, TimeSpan.FromSeconds(1));
            Assert.That(source.Status, Is.EqualTo(MigrationStatus.Active));
            for (ulong page = 0; page < 60; page++) source.Machine.Memory.Load(page * 4096, new byte[4096]);
            for (ulong page = 60; page < 90; page++) source.Machine.Memory.Load(page * 4096, [(byte)page]);
            await Wait.EndAsync(source, _machines.Timeline);
        });
        Assert.That(source.Core.Query().ErrorDesc, Is.Null);
        TestMachine destination = _machines.Create(0, 32 << 20);
        Assert.That(_machines.Load(destination), Is.Null);
        Assert.That(destination.Ram().AsSpan().SequenceEqual(source.Ram()));
        Assert.That(destination.Machine.Memory.Blocks[0].Written[0], Is.False, "zeros are not read");
    }

    [Test]
    public void A_file_takes_the_room_of_the_pages_in_it([Values(0, 2)] int channels)
    {
        TestMachine source = _machines.Create(channels, 256 << 20);
        source.Machine.Memory.Load(100 << 20, [1]);
        _machines.Save(source);
        Assert.That(new FileInfo(_machines.FileOf()).Length, Is.GreaterThan(256 << 20));
        Assert.That(MappedMachines.BytesOnDisk(_machines.FileOf()), Is.LessThan(64 << 10));
        TestMachine destination = _machines.Create(channels, 256 << 20);
        Assert.That(_machines.Load(destination), Is.Null);
        Assert.That(destination.Machine.Memory.Blocks[0].Written.Count(), Is.EqualTo(1), "memory that nobody wrote is not touched");
    }

    [Test]
    public void Several_blocks_have_their_places([Values(0, 2)] int channels)
    {
        TestMachine source = _machines.Create(channels, memory: Map);
        foreach (ulong address in new ulong[] { 0, 1 << 30, 2UL << 30 }) MappedMachines.Fill(source, at: address);
        _machines.Save(source);
        TestMachine destination = _machines.Create(channels, memory: Map);
        Assert.That(_machines.Load(destination), Is.Null);
        foreach (ulong address in new ulong[] { 0, 1 << 30, 2UL << 30 })
        {
            byte[] there = new byte[4096 * 8];
            byte[] here = new byte[4096 * 8];
            source.Machine.Memory.Peek(address, there);
            destination.Machine.Memory.Peek(address, here);
            Assert.That(here, Is.EqualTo(there));
            Assert.That(here.AsSpan().ContainsAnyExcept((byte)0));
        }

        static void Map(GuestMemory memory)
        {
            memory.Map(RamBlock.Anonymous("one", 3 << 20), 0);
            memory.Map(RamBlock.Anonymous("two", 65 * RamBlock.PageSize), 1 << 30);
            memory.Map(RamBlock.Anonymous("three", 8 * RamBlock.PageSize), 2UL << 30);
        }
    }

    [Test]
    public void Shared_memory_is_left_out([Values(0, 2)] int channels)
    {
        const ulong Shared = 1 << 30;
        TestMachine source = Create();
        MappedMachines.Fill(source);
        source.Machine.Memory.Load(Shared, [1, 2, 3]);
        _machines.Save(source);
        Assert.That(new FileInfo(_machines.FileOf()).Length, Is.LessThan(4 << 20), "there is no place for it");
        source.Machine.Memory.Load(Shared, [4, 5, 6]);
        TestMachine destination = Create();
        Assert.That(_machines.Load(destination), Is.Null);
        byte[] bytes = new byte[3];
        destination.Machine.Memory.Peek(Shared, bytes);
        Assert.That(bytes, Is.EqualTo(new byte[] { 4, 5, 6 }), "both have it");
        byte[] there = new byte[1 << 20];
        byte[] here = new byte[1 << 20];
        source.Machine.Memory.Peek(0, there);
        destination.Machine.Memory.Peek(0, here);
        Assert.That(here.AsSpan().SequenceEqual(there));

        TestMachine Create()
        {
            TestMachine machine = _machines.Create(channels, memory: memory =>
            {
                memory.Map(RamBlock.Anonymous("private", 1 << 20), 0);
                var file = File.OpenHandle(_machines.FileOf("shared"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
                RandomAccess.SetLength(file, 16 << 20);
                memory.Map(RamBlock.FromFile("shared", 16 << 20, file, shared: true, preallocate: false), Shared);
            });
            return machine.With(MigrationCapability.XIgnoreShared);
        }
    }

    [Test]
    public void A_file_that_was_longer_is_cut_first()
    {
        File.WriteAllBytes(_machines.FileOf(), [.. Enumerable.Repeat((byte)0xee, 8 << 20)]);
        TestMachine source = _machines.Create();
        MappedMachines.Fill(source);
        _machines.Save(source, $"{_machines.FileOf()},offset=4096");
        byte[] bytes = File.ReadAllBytes(_machines.FileOf());
        Assert.That(bytes, Has.Length.LessThan(4 << 20));
        Assert.That(bytes.AsSpan(0, 4096).ContainsAnyExcept((byte)0xee), Is.False, "what stands before the offset stays");
        TestMachine destination = _machines.Create();
        Assert.That(_machines.Load(destination, $"{_machines.FileOf()},offset=4096"), Is.Null);
        Assert.That(destination.Ram().AsSpan().SequenceEqual(source.Ram()));
    }
}
