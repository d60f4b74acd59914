using Qmp.Devices.Vfio;
using Qmp.Machine.Time;
using Qmp.Migration.Channels.Virtual;
using Qmp.Migration.Status;
using Qmp.Migration.Tests.Support;
using Qmp.Types;

namespace Qmp.Migration.Tests.Switchover;

/// <summary>Devices that begin anew while they are sent, and the acks that they ask for, on virtual time.</summary>
[TestFixture]
internal sealed class ReinitialisationTests
{
    private const string Path = "/mig";
    private const ulong Kibi = 1 << 10;

    private VirtualTimeline _timeline = null!;
    private VirtualNetwork _network = null!;
    private LogLines _log = null!;

    [SetUp]
    public void SetUp()
    {
        _timeline = new VirtualTimeline();
        _network = new VirtualNetwork(_timeline) { Link = new LinkSettings { Buffer = int.MaxValue } };
        _log = new LogLines();
    }

    // 11.1: init, re-init, re-init with the acks held back: three requests, three flags, acks 3 -> 2, 1, 0 -> switchover.
    [Test]
    public void Each_beginning_asks_for_an_ack()
    {
        using TestMachine source = Create(Release.Eleven, "src", out VfioDevice sent, VfioAckPolicy.Manual);
        using TestMachine destination = Create(Release.Eleven, "dst", out VfioDevice loaded, VfioAckPolicy.Manual);
        _timeline.Run(async () =>
        {
            Begin(source, destination);
            await Later(500);
            sent.BeginAnew(32 * Kibi);
            await Later(500);
            sent.BeginAnew(32 * Kibi);
            await Later(500);
            Assert.That(source.Core.Switchover.Outstanding, Is.EqualTo(3));
            Assert.That((sent.AckRequests(source.Core.Switchover), loaded.AckRequests(destination.Core.Switchover)), Is.EqualTo((3, 3)));
            for (int left = 2; left >= 0; left--)
            {
                Assert.That(source.Machine.IsRunning);
                loaded.ApproveSwitchover();
                await Later(100);
                Assert.That(source.Core.Switchover.Outstanding, Is.EqualTo(left));
                Assert.That(loaded.OutstandingAcks, Is.EqualTo(left));
            }

            await Wait.EndAsync(source, _timeline);
        });
        Assert.That(source.Status, Is.EqualTo(MigrationStatus.Completed));
        Assert.That(_log.Of("vfio_send_init_data_flag").Count(), Is.EqualTo(3));
        Assert.That(_log.Of("vfio_query_precopy_size_request_switchover_ack").Count(), Is.EqualTo(2));
        Assert.That(
            _log.Of("source_return_path_thread_switchover_acked"),
            Is.EqualTo(new[] { 2, 1, 0 }.Select(n => $"source_return_path_thread_switchover_acked switchover_ack_pending_num {n}")));
        Assert.That(_log.Of("loadvm_approve_switchover"), Is.All.EqualTo("loadvm_approve_switchover Approver v0").And.Exactly(3).Items);
        Assert.That(
            _log.Of("qemu_savevm_query_pending").First(),
            Does.StartWith("qemu_savevm_query_pending exact=0, final=0, precopy=").And
                .EndsWith("collected switchover ack pending=1, total switchover ack pending=1"));
        Assert.That(_log.Of("qemu_savevm_query_pending").Last(), Does.StartWith("qemu_savevm_query_pending exact=1, final=1, "));
    }

    // 11.1 counts it among what is left, and it cannot be sent while the guest runs.
    [Test]
    public void State_of_stopped_devices_that_takes_too_long_is_waited_for_without_sending()
    {
        _network.Link = new LinkSettings { Buffer = 1 << 16, Bandwidth = 1 << 20 };
        using TestMachine source = Create(Release.Eleven, "src", out _);
        using TestMachine destination = Create(Release.Eleven, "dst", out _);
        source.Core.Options.SetParameters(new() { DowntimeLimit = 1 });
        _timeline.Run(async () =>
        {
            Begin(source, destination);
            await Later(2000);
            long sent = source.Core.Query().Ram!.Transferred;
            await Later(2000);
            Assert.That(source.Status, Is.EqualTo(MigrationStatus.Active));
            Assert.That(source.Core.Query().Ram!.Transferred, Is.EqualTo(sent));
            source.Core.Options.SetParameters(new() { DowntimeLimit = 300 });
            await Wait.EndAsync(source, _timeline);
        });
        Assert.That(source.Status, Is.EqualTo(MigrationStatus.Completed));
    }

    // Before the destination has been told of the first data, the first request stands for the new data, too.
    [Test]
    public void A_beginning_before_the_flag_asks_for_nothing_more()
    {
        _network.Link = new LinkSettings { Buffer = 1 << 16, Bandwidth = 1 << 20 };
        using TestMachine source = Create(Release.Eleven, "src", out VfioDevice sent, initial: 2048 * Kibi);
        using TestMachine destination = Create(Release.Eleven, "dst", out VfioDevice _, initial: 2048 * Kibi);

        // All that is left fits, so that it is counted in each turn, and the gate alone holds up the switchover.
        source.Core.Options.SetParameters(new MigrateSetParameters { DowntimeLimit = 100_000 });
        _timeline.Run(async () =>
        {
            Begin(source, destination);
            await Later(500);
            Assert.That(_log.Of("vfio_send_init_data_flag"), Is.Empty);
            sent.BeginAnew(32 * Kibi);
            await Wait.EndAsync(source, _timeline);
        });
        Assert.That(source.Status, Is.EqualTo(MigrationStatus.Completed));
        Assert.That(sent.AckRequests(source.Core.Switchover), Is.EqualTo(1));
        Assert.That(_log.Of("vfio_send_init_data_flag").Count(), Is.EqualTo(1));
    }

    [TestCase(Release.Eleven, "failed Switchover ACK was requested by 2 devices during switchover", true)]
    [TestCase(Release.ElevenLegacy, "completed", false)]
    [TestCase(Release.Ten, "completed", false)]
    public void A_request_during_the_switchover_comes_too_late(Release release, string end, bool runsHere)
    {
        using TestMachine source = release.Machine(_timeline, _network, "src");
        using TestMachine destination = release.Machine(_timeline, _network, "dst");
        source.Core.Entries.Add(new RequestingDevice(2));
        destination.Core.Entries.Add(new RequestingDevice(2));
        source.With(MigrationCapability.Events);
        _timeline.Run(async () =>
        {
            Begin(source, destination);
            await Wait.EndAsync(source, _timeline);
        });
        MigrationInfo info = source.Core.Query();
        Assert.That($"{info.Status!.Value.ToWireName()} {info.ErrorDesc}".TrimEnd(), Is.EqualTo(end));
        Assert.That(source.Machine.IsRunning, Is.EqualTo(runsHere));
        if (!runsHere) return;
        Assert.That(
            source.EventNames,
            Is.EqualTo(new[]
            {
                "RESUME", "MIGRATION setup", "MIGRATION active", "MIGRATION_PASS 2", "STOP", "MIGRATION device",
                "MIGRATION failing", "RESUME", "MIGRATION failed",
            }));
    }

    [Test]
    public void A_device_that_is_not_sent_cannot_begin_anew()
    {
        using TestMachine source = Create(Release.Eleven, "src", out VfioDevice device);
        Assert.That(
            () => device.BeginAnew(1),
            Throws.TypeOf<MigrationException>().With.Message.EqualTo("Device 'v0' is not being sent while it runs"));
    }

    private ValueTask Later(int milliseconds) => Wait.ForAsync(_timeline, TimeSpan.FromMilliseconds(milliseconds));

    private TestMachine Create(
        Release release,
        string name,
        out VfioDevice device,
        VfioAckPolicy ack = VfioAckPolicy.Auto,
        ulong initial = 64 * Kibi)
    {
        TestMachine machine = release.Machine(_timeline, _network, name, logger: _log.Logger);
        device = machine.Add(new VfioSettings
        {
            Id = "v0",
            InitialBytes = initial,
            StopCopyBytes = 8 * Kibi,
            Ack = ack,
        });
        return machine;
    }

    private static void Begin(TestMachine source, TestMachine destination)
    {
        foreach (TestMachine machine in new[] { source, destination })
        {
            machine.With(MigrationCapability.ReturnPath, MigrationCapability.SwitchoverAck);
        }

        destination.Listening(Path);
        source.Running();
        source.Core.Migrate(new MigrationRequest(TestMachine.Unix(Path)));
    }
}
