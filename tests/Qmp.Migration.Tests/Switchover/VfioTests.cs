using Qmp.Devices.Vfio;
using Qmp.Machine.Time;
using Qmp.Migration.Channels.Virtual;
using Qmp.Migration.Status;
using Qmp.Migration.Tests.Support;
using Qmp.Types;

namespace Qmp.Migration.Tests.Switchover;

/// <summary>Devices that take part in the switchover, on virtual time.</summary>
[TestFixture]
internal sealed class VfioTests
{
    private const string Path = "/mig";
    private const ulong Mebi = 1 << 20;

    private VirtualTimeline _timeline = null!;
    private VirtualNetwork _network = null!;
    private TestMachine _source = null!;
    private TestMachine _destination = null!;

    [SetUp]
    public void SetUp()
    {
        _timeline = new VirtualTimeline();
        _network = new VirtualNetwork(_timeline) { Link = new LinkSettings { Buffer = int.MaxValue } };
        _source = new TestMachine(_timeline, _network, "src", 1 << 20);
        _destination = new TestMachine(_timeline, _network, "dst", 1 << 20);
    }

    [TearDown]
    public void TearDown()
    {
        _source.Dispose();
        _destination.Dispose();
    }

    // A device of 64 MiB initial data that the destination works on for 800 ms. The link takes no time; sending begins
    // after the 5 ms in which a refused connection would be noticed. Without the ack the guest is stopped after the
    // 20 ms in which a refusal of the stream would be, and waits for the device.
    [TestCase(false, 20, 785, 0)]
    [TestCase(true, 805, 0, 805)]
    public void Loading_is_downtime_unless_the_switchover_waits_for_it(
        bool acknowledged, long stopped, long downtime, long gateOpened)
    {
        With(new VfioSettings
        {
            Id = "v0",
            InitialBytes = 64 * Mebi,
            LoadTime = TimeSpan.FromMilliseconds(800),
        });
        Capabilities(acknowledged);
        long stop = 0;
        _timeline.Run(async () =>
        {
            Begin();
            await Wait.UntilAsync(_timeline, () => !_source.Machine.IsRunning);
            stop = _timeline.Elapsed / 1_000_000;
            await EndAsync();
        });
        MigrationInfo info = _source.Core.Query();
        Assert.That(info.Status, Is.EqualTo(MigrationStatus.Completed));
        Assert.That(stop, Is.EqualTo(stopped).Within(1));
        Assert.That(info.Downtime, Is.EqualTo(downtime));
        Assert.That(info.TotalTime, Is.EqualTo(805));
        Assert.That(info.Vfio!.Transferred, Is.EqualTo(64 << 20));
        Assert.That(_source.Core.Switchover.AcknowledgedAt ?? 0, Is.EqualTo(gateOpened));
        Assert.That(_destination.Machine.IsRunning);
    }

    // What ends a machine, or its connection, does not wait for the device.
    [TestCase(false)]
    [TestCase(true)]
    public void Loading_does_not_outlast_its_migration(bool yanked)
    {
        With(new VfioSettings { Id = "v0", InitialBytes = Mebi, LoadTime = TimeSpan.FromHours(1) });
        Capabilities(acknowledged: true);
        _timeline.Run(async () =>
        {
            Begin();
            await Wait.UntilAsync(_timeline, () => Steps(_destination) == "v0 loading");
            long start = _timeline.NowMilliseconds;
            if (yanked) _destination.Core.Yank();
            else _destination.Core.Shutdown();
            await _destination.Core.JoinAsync();
            Assert.That(_timeline.NowMilliseconds - start, Is.LessThan(100));
            await Wait.EndAsync(_source, _timeline);
        });
        Assert.That(_source.Machine.IsRunning);
    }

    [Test]
    public void Sections_have_the_format_of_VFIO()
    {
        With(new VfioSettings
        {
            Id = "v0",
            InitialBytes = (3 * Mebi) + 5,
            StopCopyBytes = Mebi + 7,
            ConfigBytes = StreamText.VfioConfigBytes,
        });
        string[] expected =
        [
            "section 1 v0/vfio 0 1", "SETUP END",
            "section 2 v0/vfio", "DATA 1048576 END",
            "section 2 v0/vfio", "DATA 1048576 END",
            "section 2 v0/vfio", "DATA 1048576 END",
            "section 2 v0/vfio", "DATA 5 INIT_DATA_SENT",
            "section 3 v0/vfio", "DATA 1048576 DATA 7 END",
            "section 4 v0/vfio 0 1", "CONFIG END",
        ];
        Assert.That(Sections(), Is.EqualTo(expected));
    }

    [Test]
    public void A_device_without_initial_data_says_so_once()
    {
        With(new VfioSettings { Id = "v0", ConfigBytes = StreamText.VfioConfigBytes });
        string[] expected =
        [
            "section 1 v0/vfio 0 1", "SETUP END",
            "section 2 v0/vfio", "INIT_DATA_SENT",
            "section 3 v0/vfio", "END",
            "section 4 v0/vfio 0 1", "CONFIG END",
        ];
        Assert.That(Sections(), Is.EqualTo(expected));
    }

    [Test]
    public void One_device_that_never_approves_keeps_the_guest_running()
    {
        VfioSettings[] devices =
        [
            new() { Id = "v0", InitialBytes = Mebi },
            new() { Id = "v1", InitialBytes = Mebi, Ack = VfioAckPolicy.Manual },
            new() { Id = "v2", InitialBytes = Mebi, Ack = VfioAckPolicy.Never },
        ];
        With(devices);
        Capabilities(acknowledged: true);
        using var other = new TestMachine(_timeline, _network, "other", 1 << 20);
        foreach (VfioSettings device in devices) other.Add(device with { Ack = VfioAckPolicy.Auto });
        other.With(MigrationCapability.ReturnPath, MigrationCapability.SwitchoverAck);
        _timeline.Run(async () =>
        {
            Begin();
            await Wait.ForAsync(_timeline, TimeSpan.FromSeconds(5));
            Assert.That(Steps(_source), Is.EqualTo("v0 waiting, v1 waiting, v2 waiting"));
            Assert.That(Steps(_destination), Is.EqualTo("v0 approved, v1 waiting, v2 waiting"));
            Devices(_destination)[1].ApproveSwitchover();
            await Wait.ForAsync(_timeline, TimeSpan.FromSeconds(5));
            Assert.That(Steps(_destination), Is.EqualTo("v0 approved, v1 approved, v2 waiting"));
            Assert.That(_destination.Core.Switchover.Approvals, Is.EqualTo(2));
            Assert.That(_source.Status, Is.EqualTo(MigrationStatus.Active));
            Assert.That(_source.Machine.IsRunning);
            Assert.That(_source.Core.Switchover.WaitingSince, Is.Not.Null);
            Assert.That(_source.Core.Query().Ram!.DirtySyncCount, Is.LessThanOrEqualTo(1010), "in ten seconds");

            _source.Core.Cancel();
            await EndAsync();
            Assert.That(_source.Status, Is.EqualTo(MigrationStatus.Cancelled));
            Assert.That(_source.Machine.IsRunning);
            Assert.That(_destination.LoadError, Is.EqualTo("load of migration failed: Input/output error"));

            other.Listening("/other");
            _source.Core.Migrate(new MigrationRequest(TestMachine.Unix("/other")));
            await Wait.EndAsync(_source, _timeline);
            await Wait.EndAsync(other, _timeline);
        });
        Assert.That(_source.Status, Is.EqualTo(MigrationStatus.Completed));
        Assert.That(other.Machine.IsRunning);
    }

    [TestCase(VfioAckPolicy.Auto, "Device 'v0' approves the switchover by itself")]
    [TestCase(VfioAckPolicy.Never, "Device 'v0' never approves the switchover")]
    [TestCase(VfioAckPolicy.Manual, "Device 'v0' does not have its initial data yet")]
    public void Who_does_not_wait_for_approval_is_not_approved(VfioAckPolicy policy, string error)
    {
        VfioDevice device = _destination.Add(new VfioSettings { Id = "v0", Ack = policy });
        Assert.That(device.ApproveSwitchover, Throws.TypeOf<MigrationException>().With.Message.EqualTo(error));
    }

    [Test]
    public void A_second_approval_is_refused()
    {
        With(new VfioSettings { Id = "v0", Ack = VfioAckPolicy.Manual });
        Capabilities(acknowledged: true);
        _timeline.Run(async () =>
        {
            Begin();
            await Wait.ForAsync(_timeline, TimeSpan.FromSeconds(1));
            VfioDevice device = Devices(_destination)[0];
            device.ApproveSwitchover();
            Assert.That(
                device.ApproveSwitchover,
                Throws.TypeOf<MigrationException>().With.Message
                    .EqualTo("Device 'v0' has approved the switchover already"));
            await EndAsync();
        });
        Assert.That(_source.Status, Is.EqualTo(MigrationStatus.Completed));
    }

    [Test]
    public void One_approval_too_many_fails_the_load()
    {
        // A device that approves although nobody counts on it.
        _source.Core.Entries.Add(new AckDevice(TimeSpan.Zero));
        _destination.Core.Entries.Add(new AckDevice(null));
        Capabilities(acknowledged: true);
        Migrate();
        Assert.That(_destination.LoadError, Is.EqualTo("load of migration failed: Invalid argument"));
        Assert.That(_source.Machine.IsRunning);
    }

    [Test]
    public void A_paused_guest_waits_for_no_device()
    {
        With(new VfioSettings { Id = "v0", InitialBytes = Mebi, StopCopyBytes = Mebi, Ack = VfioAckPolicy.Never });
        Capabilities(acknowledged: true);
        _timeline.Run(async () =>
        {
            _destination.Listening(Path);
            _source.Running();
            await _source.Machine.StopAsync(RunState.Paused);
            _source.Core.Migrate(new MigrationRequest(TestMachine.Unix(Path)));
            await EndAsync();
        });
        Assert.That(_source.Status, Is.EqualTo(MigrationStatus.Completed));
        Assert.That(_destination.Machine.RunState, Is.EqualTo(RunState.Paused));
        Assert.That(_source.Core.Query().Vfio!.Transferred, Is.EqualTo(2 << 20));
    }

    [Test]
    public void A_guest_that_is_stopped_and_goes_on_loses_nothing()
    {
        With(new VfioSettings { Id = "v0", InitialBytes = 4 * Mebi, PrecopyRate = Mebi / 8, StopCopyBytes = 99_999 });
        _network.Link = _network.Link with { Bandwidth = 1 << 20, Buffer = 1 << 16 };
        Capabilities(acknowledged: true);
        _timeline.Run(async () =>
        {
            Begin();
            await Wait.UntilAsync(_timeline, () => _source.Core.Query().Vfio?.Transferred > 2 << 20);
            await _source.Machine.StopAsync(RunState.Paused);
            _source.Machine.Start();
            await EndAsync();
        });
        Assert.That(_destination.LoadError, Is.Null);
        Assert.That(_source.Status, Is.EqualTo(MigrationStatus.Completed));
    }

    // 10 MB/s and 300 ms leave room for 3 MB of what can only be sent when the device stands still.
    [TestCase(2_000_000UL, MigrationStatus.Completed)]
    [TestCase(4_000_000UL, MigrationStatus.Active)]
    public void Stop_copy_state_counts_before_the_guest_is_stopped(ulong stopCopyBytes, MigrationStatus after)
    {
        _network.Link = _network.Link with { Bandwidth = 10_000_000, Buffer = 1 << 16 };
        With(new VfioSettings { Id = "v0", InitialBytes = 5_000_000, StopCopyBytes = stopCopyBytes });
        Capabilities(acknowledged: false);
        MigrationInfo info = null!;
        _timeline.Run(async () =>
        {
            Begin();
            await Wait.ForAsync(_timeline, TimeSpan.FromSeconds(10));
            info = _source.Core.Query();
            _source.Core.Cancel();
            await EndAsync();
        });
        Assert.That(info.Status, Is.EqualTo(after));
        Assert.That(info.Ram!.DirtySyncCount, Is.LessThanOrEqualTo(1010), "in ten seconds");
    }

    [Test]
    public void The_device_changes_state_while_it_runs()
    {
        // 1 MB/s for the two seconds that the destination loads, sent again at the end.
        VfioSettings device = new()
        {
            Id = "v0", InitialBytes = 8_000_000, PrecopyRate = 1_000_000, LoadTime = TimeSpan.FromSeconds(2),
        };
        With(device);
        Capabilities(acknowledged: true);
        Migrate();
        Assert.That(_source.Core.Query().Vfio!.Transferred, Is.EqualTo(10_000_000).Within(20_000));
    }

    [Test]
    public void A_device_does_not_accept_state_that_is_not_its_own()
    {
        With(new VfioSettings { Id = "v0", StopCopyBytes = Mebi });
        Capabilities(acknowledged: true);
        _source.Core.Faults.Set(new FaultPlan { Point = FaultPoint.Complete, Action = FaultAction.Corrupt });
        Migrate();
        Assert.That(_destination.LoadError, Is.EqualTo("load of migration failed: Input/output error"));
        Assert.That(_source.Machine.IsRunning);
    }

    [Test]
    public void An_ack_after_the_cancellation_changes_nothing()
    {
        With(new VfioSettings { Id = "v0", Ack = VfioAckPolicy.Manual });
        Capabilities(acknowledged: true);
        _timeline.Run(async () =>
        {
            Begin();
            await Wait.ForAsync(_timeline, TimeSpan.FromSeconds(1));
            _source.Core.Cancel();
            Devices(_destination)[0].ApproveSwitchover();
            await EndAsync();
            await Wait.ForAsync(_timeline, TimeSpan.FromSeconds(1));
        });
        Assert.That(_source.Status, Is.EqualTo(MigrationStatus.Cancelled));
        Assert.That(_source.Machine.IsRunning);
        Assert.That(_destination.Machine.RunState, Is.EqualTo(RunState.Inmigrate));
    }

    private static List<VfioDevice> Devices(TestMachine machine) =>
        [.. machine.Core.Entries.All.OfType<VfioDevice>()];

    private static string Steps(TestMachine machine) => string.Join(", ", Devices(machine).Select(
        d => $"{d.Settings.Id} {d.Progress(machine.Core.Switchover).Step.ToWireName()}"));

    private void With(params VfioSettings[] devices)
    {
        foreach (VfioSettings device in devices)
        {
            _source.Add(device);
            _destination.Add(device);
        }
    }

    private void Capabilities(bool acknowledged)
    {
        foreach (TestMachine machine in new[] { _source, _destination })
        {
            machine.With(MigrationCapability.Events, MigrationCapability.ReturnPath);
            if (acknowledged) machine.With(MigrationCapability.SwitchoverAck);
            machine.Core.Options.SetParameters(new MigrateSetParameters { MaxBandwidth = 0 });
        }
    }

    // The sections of device v0 in the stream of a migration with the ack.
    private List<string> Sections()
    {
        Capabilities(acknowledged: true);
        var forward = new MemoryStream();
        _network.ForwardTap = bytes => forward.Write(bytes.Span);
        Migrate();
        string[] lines = [.. StreamText.Of(forward.ToArray()).Select(l => l.Trim())];
        return [.. lines.Zip(lines.Skip(1)).Where(p => IsHead(p.First)).SelectMany(p => new[] { p.First, p.Second })];

        static bool IsHead(string line) =>
            line.StartsWith("section", StringComparison.Ordinal) && line.Contains("v0/vfio", StringComparison.Ordinal);
    }

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
