using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Migration.Channels.Virtual;
using Qmp.Migration.Tests.Support;
using Qmp.Types;

namespace Qmp.Migration.Tests;

/// <summary>The course of migrations, as QEMU 11.1 tells of it.</summary>
[TestFixture]
internal sealed class NewerLifeCycleTests
{
    private const string Path = "/mig";

    private VirtualTimeline _timeline = null!;
    private VirtualNetwork _network = null!;
    private TestMachine _source = null!;
    private TestMachine _destination = null!;

    [SetUp]
    public void SetUp()
    {
        _timeline = new VirtualTimeline();
        _network = new VirtualNetwork(_timeline);
        _source = Release.Eleven.Machine(_timeline, _network, "src").With(MigrationCapability.Events).Running();
        _destination = Release.Eleven.Machine(_timeline, _network, "dst").With(MigrationCapability.Events);
        _source.EventNames.Clear();
    }

    [TearDown]
    public void TearDown()
    {
        _source.Dispose();
        _destination.Dispose();
    }

    [Test]
    public void Passes_begin_with_the_second_and_the_last_count_is_none()
    {
        Migrate(() => ValueTask.CompletedTask);
        Assert.That(
            _source.EventNames,
            Is.EqualTo(new[]
            {
                "MIGRATION setup", "MIGRATION active", "MIGRATION_PASS 2", "STOP", "MIGRATION device", "MIGRATION completed",
            }));
        MigrationInfo info = _source.Core.Query();
        Assert.That((info.Ram!.DirtySyncCount, info.Remaining), Is.EqualTo((2, (long?)null)));
    }

    [Test]
    public void A_connection_that_cannot_be_made_is_failing_first()
    {
        _timeline.Run(async () =>
        {
            _source.Core.Migrate(new MigrationRequest(TestMachine.Unix("/nobody")));
            await Wait.EndAsync(_source, _timeline);
        });
        Assert.That(_source.EventNames, Is.EqualTo(new[] { "MIGRATION setup", "MIGRATION failing", "MIGRATION failed" }));
    }

    [Test]
    public void The_guest_runs_again_before_the_failure_is_final()
    {
        _source.With(MigrationCapability.ReturnPath);
        _destination.With(MigrationCapability.ReturnPath);
        _source.Core.Faults.Set(new FaultPlan { Point = FaultPoint.Complete, Action = FaultAction.Fail });
        Migrate(() => ValueTask.CompletedTask);
        Assert.That(
            _source.EventNames.Where(e => !e.StartsWith("MIGRATION_PASS", StringComparison.Ordinal)),
            Is.EqualTo(new[]
            {
                "MIGRATION setup", "MIGRATION active", "STOP", "MIGRATION device", "MIGRATION failing", "RESUME", "MIGRATION failed",
            }));
    }

    [Test]
    public void A_pause_that_is_cancelled_says_so()
    {
        _source.With(MigrationCapability.PauseBeforeSwitchover);
        MigrationInfo? paused = null;
        Migrate(async () =>
        {
            await Wait.UntilAsync(_timeline, () => _source.Status == MigrationStatus.PreSwitchover);
            paused = _source.Core.Query();
            _source.Core.Cancel();
        });
        Assert.That(paused!.Remaining, Is.Zero);
        Assert.That(_source.Core.Query().ErrorDesc, Is.EqualTo("Switchover is interrupted"));
        Assert.That(_source.EventNames.TakeLast(4), Is.EqualTo(new[]
        {
            "MIGRATION pre-switchover", "MIGRATION cancelling", "RESUME", "MIGRATION cancelled",
        }));
    }

    // What is left is what the last question found; it does not become less while it is sent.
    [Test]
    public void What_remains_and_the_downtime_are_those_of_the_last_question()
    {
        _network.Link = new LinkSettings { Bandwidth = 1 << 20 };
        _source.Machine.Memory.Load(0, [.. Enumerable.Repeat((byte)1, 1 << 20)]);
        MigrationInfo? info = null;
        Migrate(async () =>
        {
            await Wait.ForAsync(_timeline, TimeSpan.FromMilliseconds(20));
            Assert.That(_source.Core.Query().ExpectedDowntime, Is.EqualTo(300));
            await Wait.ForAsync(_timeline, TimeSpan.FromMilliseconds(300));
            info = _source.Core.Query();
        });
        Assert.That(info!.Remaining, Is.GreaterThanOrEqualTo(info.Ram!.Remaining));
        Assert.That(info.ExpectedDowntime, Is.EqualTo(info.Remaining / (double)(1 << 20) * 1000).Within(60).Percent);
    }

    [TestCase("", "setup failed")]
    [TestCase("QEV", "setup failed")]
    [TestCase("hello", "setup failed")]
    [TestCase("QEVM", "setup active failed")]
    public void A_destination_is_active_when_a_stream_has_begun(string sent, string statuses)
    {
        _timeline.Run(async () =>
        {
            _destination.Listening(Path);
            IMigrationChannel channel = await _network.ConnectAsync(TestMachine.Unix(Path), CancellationToken.None);
            await Wait.ForAsync(_timeline, TimeSpan.FromMilliseconds(10));
            Assert.That(_destination.Status, Is.EqualTo(MigrationStatus.Setup));
            await SendAsync(channel, System.Text.Encoding.ASCII.GetBytes(sent));
            channel.Dispose();
            await Wait.EndAsync(_destination, _timeline);
        });
        Assert.That(string.Join(' ', _destination.EventNames.Select(e => e["MIGRATION ".Length..])), Is.EqualTo(statuses));
        Assert.That(_destination.LoadError, Is.Not.Null, "whoever started it is told");
    }

    private static async Task SendAsync(IMigrationChannel channel, byte[] bytes)
    {
        if (bytes.Length == 0) return;
        byte[] pinned = GC.AllocateArray<byte>(bytes.Length, pinned: true);
        bytes.CopyTo(pinned, 0);
        nint address = System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(pinned, 0);
        await channel.WriteAsync(new[] { new Linux.IoVector(address, bytes.Length) });
        GC.KeepAlive(pinned);
    }

    private void Migrate(Func<ValueTask> meanwhile) => _timeline.Run(async () =>
    {
        _destination.Listening(Path);
        _source.Core.Migrate(new MigrationRequest(TestMachine.Unix(Path)));
        await meanwhile();
        await Wait.EndAsync(_source, _timeline);
        await Wait.EndAsync(_destination, _timeline);
    });
}
