using Qmp.Machine.Memory;
using Qmp.Machine.Time;
using Qmp.Migration.Channels.Virtual;
using Qmp.Migration.Tests.Support;
using Qmp.Types;

namespace Qmp.Migration.Tests.Faults;

/// <summary>What a planned fault does, and when.</summary>
[TestFixture]
internal sealed class FaultTests
{
    private const string Path = "/mig";

    private VirtualTimeline _timeline = null!;
    private TestMachine _source = null!;
    private TestMachine _destination = null!;

    [SetUp]
    public void SetUp()
    {
        _timeline = new VirtualTimeline();
        var network = new VirtualNetwork(_timeline) { Link = new LinkSettings { Bandwidth = 1 << 20 } };
        _source = new TestMachine(_timeline, network, "src", 1 << 20);
        _destination = new TestMachine(_timeline, network, "dst", 1 << 20);
        byte[] noise = new byte[1 << 20];
        new Random(3).NextBytes(noise);
        _source.Machine.Memory.Load(0, noise);
        foreach (TestMachine machine in new[] { _source, _destination })
        {
            machine.With(MigrationCapability.ReturnPath, MigrationCapability.SwitchoverAck);
        }
    }

    [TearDown]
    public void TearDown()
    {
        _source.Dispose();
        _destination.Dispose();
    }

    [Test]
    public void A_corrupt_page_is_one_byte_of_guest_memory()
    {
        Set(_source, FaultPoint.Iterate, FaultAction.Corrupt);
        Migrate();
        byte[] sent = _source.Ram();
        byte[] received = _destination.Ram();
        int[] differing = [.. Enumerable.Range(0, sent.Length).Where(i => sent[i] != received[i])];
        Assert.That(differing, Has.Length.EqualTo(1));
        Assert.That(differing[0] % RamBlock.PageSize, Is.EqualTo(RamBlock.PageSize / 2));
        Assert.That(received[differing[0]], Is.EqualTo(sent[differing[0]] ^ 0xff));
    }

    [Test]
    public void A_hold_keeps_everything_as_it_is_until_it_is_released()
    {
        Set(_source, FaultPoint.StopDone, FaultAction.Hold);
        var occurrences = new List<string>();
        _source.Core.Faults.Happening += o => occurrences.Add($"{o.Point} {o.Action}");
        _timeline.Run(async () =>
        {
            Begin();
            await Wait.ForAsync(_timeline, TimeSpan.FromMinutes(5));
            FaultInfo held = _source.Core.Faults.Query()[0];
            Assert.That((held.Held, held.Hits, held.Count), Is.EqualTo((true, 1u, (uint?)0)));
            Assert.That(_source.Status, Is.EqualTo(MigrationStatus.Active));
            Assert.That(_source.Machine.RunState, Is.EqualTo(RunState.FinishMigrate));
            Assert.That(_source.Core.Faults.Release(FaultPoint.Stop), Is.False);
            Assert.That(_source.Core.Faults.Release(FaultPoint.StopDone), Is.True);
            await EndAsync();
            Assert.That(_source.Core.Faults.Query()[0].Held, Is.False);
        });
        Assert.That(_source.Core.Query().Downtime, Is.GreaterThan(298_000).And.LessThan(300_000));
        Assert.That(_destination.Ram().AsSpan().SequenceEqual(_source.Ram()));
        Assert.That(occurrences, Is.EqualTo(new[] { "StopDone Hold" }));
    }

    [TestCase(null, null, 5)]
    [TestCase(500_000UL, null, 320)]
    [TestCase(null, 300u, 300)]
    public void A_fault_waits_for_bytes_and_time(ulong? afterBytes, uint? afterMs, int expectedMs)
    {
        _source.Core.Faults.Set(new FaultPlan
        {
            Point = FaultPoint.Iterate, Action = FaultAction.Fail, AfterBytes = afterBytes, AfterMs = afterMs,
        });
        long failedAt = 0;
        _source.Core.Faults.Happening += _ => failedAt = _timeline.Elapsed / 1_000_000;
        Migrate();
        Assert.That(_source.Core.Query().ErrorDesc, Is.EqualTo("Fault injected at 'iterate'"));
        Assert.That(failedAt, Is.EqualTo(expectedMs).Within(80), "a turn takes 50 ms and more");
    }

    [Test]
    public void A_fault_happens_as_often_as_it_is_told_to()
    {
        _source.Core.Faults.Set(new FaultPlan
        {
            Point = FaultPoint.DeviceSave, Action = FaultAction.Delay, DelayMs = 1000, Count = 2,
        });
        Migrate();
        Assert.That(_source.Core.Query().Downtime, Is.GreaterThan(2000).And.LessThan(2300));
        Assert.That(_source.Core.Faults.Query()[0].Hits, Is.EqualTo(2));
    }

    [Test]
    public void A_count_of_zero_takes_a_fault_away()
    {
        Set(_source, FaultPoint.Setup, FaultAction.Fail);
        _source.Core.Faults.Set(new FaultPlan { Point = FaultPoint.Setup, Action = FaultAction.Fail, Count = 0 });
        Migrate();
        Assert.That(_source.Status, Is.EqualTo(MigrationStatus.Completed));
        Assert.That(_source.Core.Faults.Query(), Is.Empty);
    }

    [Test]
    public void The_end_of_the_machine_ends_a_hold()
    {
        Set(_destination, FaultPoint.RamLoad, FaultAction.Hold);
        _timeline.Run(async () =>
        {
            Begin();
            await Wait.ForAsync(_timeline, TimeSpan.FromSeconds(1));
            _destination.Core.Shutdown();
            await _destination.Core.JoinAsync();
            await Wait.EndAsync(_source, _timeline);
        });
        Assert.That(_source.Machine.IsRunning);
    }

    [Test]
    public void A_migration_can_be_cancelled_while_it_is_held()
    {
        Set(_source, FaultPoint.Iterate, FaultAction.Hold);
        _timeline.Run(async () =>
        {
            Begin();
            await Wait.ForAsync(_timeline, TimeSpan.FromSeconds(1));
            _source.Core.Cancel();
            await Wait.ForAsync(_timeline, TimeSpan.FromSeconds(1));
            Assert.That(_source.Status, Is.EqualTo(MigrationStatus.Cancelling));
            _source.Core.Faults.Release(null);
            await EndAsync();
        });
        Assert.That(_source.Status, Is.EqualTo(MigrationStatus.Cancelled));
        Assert.That(_source.Machine.IsRunning);
    }

    private static void Set(TestMachine machine, FaultPoint point, FaultAction action) =>
        machine.Core.Faults.Set(new FaultPlan { Point = point, Action = action });

    private void Begin()
    {
        _destination.Listening(Path);
        _source.Running();
        _source.Core.Migrate(new MigrationRequest(TestMachine.Unix(Path)));
    }

    private async ValueTask EndAsync()
    {
        await Wait.EndAsync(_source, _timeline);
        await Wait.EndAsync(_destination, _timeline);
    }

    private void Migrate() => _timeline.Run(async () =>
    {
        Begin();
        await EndAsync();
    });
}
