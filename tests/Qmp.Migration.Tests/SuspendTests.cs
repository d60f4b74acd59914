using Qmp.Machine.Time;
using Qmp.Migration.Channels.Virtual;
using Qmp.Migration.Tests.Support;
using Qmp.Types;

namespace Qmp.Migration.Tests;

/// <summary>Guests that have put themselves to sleep.</summary>
[TestFixture, Parallelizable]
internal sealed class SuspendTests
{
    private VirtualTimeline _timeline = null!;
    private TestMachine _source = null!;
    private TestMachine _destination = null!;

    [SetUp]
    public void SetUp()
    {
        _timeline = new VirtualTimeline();
        var network = new VirtualNetwork(_timeline);
        _source = new TestMachine(_timeline, network, "src", 1 << 20);
        _destination = new TestMachine(_timeline, network, "dst", 1 << 20);
    }

    [TearDown]
    public void TearDown()
    {
        _source.Dispose();
        _destination.Dispose();
    }

    [Test]
    public void Guest_that_sleeps_sleeps_on_at_the_destination()
    {
        Migrate(stopsFirst: false);
        Assert.That(_source.EventNames, Is.EqualTo(new[] { "RESUME", "SUSPEND", "STOP" }));
        Assert.That(_destination.EventNames, Is.EqualTo(new[] { "RESUME" }));
        Assert.That(_destination.Machine.RunState, Is.EqualTo(RunState.Suspended));
    }

    [Test]
    public void Guest_that_was_stopped_asleep_sleeps_on_when_it_is_continued()
    {
        Migrate(stopsFirst: true);
        Assert.That(_destination.Machine.RunState, Is.EqualTo(RunState.Paused));
        _destination.Machine.Start();
        Assert.That(_destination.Machine.RunState, Is.EqualTo(RunState.Suspended));
    }

    [Test]
    public void Guest_that_sleeps_stays_stopped_at_a_destination_that_does_not_start_it()
    {
        _destination.Machine.Autostart = false;
        Migrate(stopsFirst: false);
        Assert.That(_destination.Machine.RunState, Is.EqualTo(RunState.Paused));
        Assert.That(_destination.Machine.WasSuspended, Is.True);
    }

    [Test]
    public void Guest_wakes_up_after_its_firmware()
    {
        _source.Running();
        bool wasRunning = false;
        _timeline.Run(async () =>
        {
            await _source.Machine.SuspendAsync();
            await _source.Machine.WakeUpAsync(() =>
            {
                wasRunning = _source.Machine.IsRunning;
                return ValueTask.CompletedTask;
            });
        });
        Assert.That(wasRunning, Is.True);
        Assert.That(_source.EventNames, Is.EqualTo(new[] { "RESUME", "SUSPEND", "WAKEUP" }));
    }

    private void Migrate(bool stopsFirst) => _timeline.Run(async () =>
    {
        _destination.Listening("/mig");
        _source.Running();
        await _source.Machine.SuspendAsync();
        if (stopsFirst) await _source.Machine.StopAsync(RunState.Paused);
        _source.Core.Migrate(new MigrationRequest(TestMachine.Unix("/mig")));
        await Wait.EndAsync(_source, _timeline);
        await Wait.UntilAsync(_timeline, () => _destination.Status == Types.MigrationStatus.Completed);
    });
}
