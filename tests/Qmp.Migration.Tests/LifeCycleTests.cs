using Qmp.Machine;
using Qmp.Machine.Time;
using Qmp.Migration.Channels.Virtual;
using Qmp.Migration.Status;
using Qmp.Migration.Tests.Support;
using Qmp.Types;

namespace Qmp.Migration.Tests;

/// <summary>Statuses, events and run states of both ends, in QEMU's order.</summary>
[TestFixture, Parallelizable]
internal sealed class LifeCycleTests
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
        _source = new TestMachine(_timeline, _network, "src", 1 << 20);
        _destination = new TestMachine(_timeline, _network, "dst", 1 << 20);
    }

    [TearDown]
    public void TearDown()
    {
        _source.Dispose();
        _destination.Dispose();
    }

    [Test]
    public void Pause_before_switchover_waits_with_the_guest_stopped()
    {
        With(MigrationCapability.Events, MigrationCapability.PauseBeforeSwitchover);
        _timeline.Run(async () =>
        {
            Begin();
            await Wait.UntilAsync(_timeline, () => _source.Status == MigrationStatus.PreSwitchover);
            await Wait.ForAsync(_timeline, TimeSpan.FromSeconds(3));
            Assert.That(_source.Status, Is.EqualTo(MigrationStatus.PreSwitchover));
            Assert.That(_source.Machine.RunState, Is.EqualTo(RunState.FinishMigrate));
            Assert.That(
                () => _source.Core.Continue(MigrationStatus.Device),
                Throws.TypeOf<MigrationException>().With.Message
                    .EqualTo("Migration not in expected state: pre-switchover"));
            _source.Core.Continue(MigrationStatus.PreSwitchover);
            await EndAsync();
        });
        string[] expected =
        [
            "RESUME", "MIGRATION setup", "MIGRATION_PASS 1", "MIGRATION active", "STOP", "MIGRATION pre-switchover",
            "MIGRATION device", "MIGRATION_PASS 2", "MIGRATION completed",
        ];
        Assert.That(_source.EventNames, Is.EqualTo(expected));

        // The guest is stopped while it waits, so the wait is downtime.
        Assert.That(_source.Core.Query().Downtime, Is.EqualTo(3000).Within(10));
    }

    [Test]
    public void First_pages_count_by_how_the_guest_was_before_a_client_heard_of_them()
    {
        With(MigrationCapability.Events);
        _source.Core.Faults.Set(new FaultPlan { Point = FaultPoint.Iterate, Action = FaultAction.Hold });
        _timeline.Run(async () =>
        {
            Begin();
            await Wait.UntilAsync(_timeline, () => _source.Status == MigrationStatus.Active);
            await _source.Machine.StopAsync(RunState.Paused);
            _source.Core.Faults.Release(null);
            await EndAsync();
        });
        MigrationStats ram = _source.Core.Query().Ram!;
        Assert.That(ram.PrecopyBytes, Is.GreaterThan(256 * 9));
        Assert.That(ram.DowntimeBytes, Is.Zero);
    }

    [Test]
    public void Paused_source_leaves_a_paused_destination()
    {
        With(MigrationCapability.Events, MigrationCapability.ReturnPath, MigrationCapability.SwitchoverAck);
        _destination.Core.Entries.Add(new AckDevice(TimeSpan.FromHours(1)));
        _source.Core.Entries.Add(new AckDevice(TimeSpan.FromHours(1)));
        _timeline.Run(async () =>
        {
            _destination.Listening(Path);
            _source.Machine.Start();
            await _source.Machine.StopAsync(RunState.Paused);
            _source.EventNames.Clear();
            _source.Core.Migrate(new MigrationRequest(TestMachine.Unix(Path)));
            await EndAsync();
        });
        Assert.That(_destination.Machine.RunState, Is.EqualTo(RunState.Paused));
        Assert.That(_source.EventNames, Does.Not.Contain("STOP"));
        Assert.That(_destination.EventNames, Does.Not.Contain("RESUME"));
        Assert.That(_timeline.Elapsed / 1e9, Is.LessThan(10), "a paused source waits for no ack");
    }

    [Test]
    public void Destination_with_S_stays_paused()
    {
        _destination.Machine.Autostart = false;
        _timeline.Run(async () =>
        {
            Begin();
            await EndAsync();
        });
        Assert.That(_destination.Machine.RunState, Is.EqualTo(RunState.Paused));
    }

    [Test]
    public void Cancel_while_memory_is_sent_lets_the_guest_run_on()
    {
        _network.Link = new LinkSettings { Bandwidth = 100_000 };
        With(MigrationCapability.Events);
        Fill(_source);
        _timeline.Run(async () =>
        {
            Begin();
            await Wait.ForAsync(_timeline, TimeSpan.FromSeconds(1));
            Assert.That(_source.Status, Is.EqualTo(MigrationStatus.Active));
            _source.Core.Cancel();
            await EndAsync();
        });
        Assert.That(_source.Status, Is.EqualTo(MigrationStatus.Cancelled));
        Assert.That(_source.Machine.IsRunning);
        Assert.That(_source.EventNames[^2..], Is.EqualTo(new[] { "MIGRATION cancelling", "MIGRATION cancelled" }));
        Assert.That(_destination.Status, Is.EqualTo(MigrationStatus.Failed));
    }

    [Test]
    public void Cancel_before_the_switchover_resumes_the_guest()
    {
        With(MigrationCapability.Events, MigrationCapability.PauseBeforeSwitchover);
        _timeline.Run(async () =>
        {
            Begin();
            await Wait.UntilAsync(_timeline, () => _source.Status == MigrationStatus.PreSwitchover);
            _source.Core.Cancel();
            await EndAsync();
        });
        Assert.That(
            _source.EventNames[^4..],
            Is.EqualTo(new[] { "MIGRATION pre-switchover", "MIGRATION cancelling", "RESUME", "MIGRATION cancelled" }));
        Assert.That(_source.Machine.IsRunning);
    }

    [Test]
    public void Destination_that_refuses_the_connection_fails_the_setup()
    {
        With(MigrationCapability.Events);
        _destination.Core.Options.SetParameters(new MigrateSetParameters { TlsCreds = new StrOrNull.S("nobody") });
        _timeline.Run(async () =>
        {
            Begin();
            await Wait.EndAsync(_source, _timeline);
        });
        Assert.That(_source.Core.Query().ErrorDesc, Is.EqualTo("ram_save_setup failed: Input/output error"));
        string[] expected =
            ["RESUME", "MIGRATION setup", "MIGRATION_PASS 1", "MIGRATION active", "MIGRATION failed"];
        Assert.That(_source.EventNames, Is.EqualTo(expected));
        Assert.That(_source.Machine.IsRunning);
    }

    [Test]
    public void Machine_that_ends_says_only_that_it_cancels()
    {
        _network.Link = new LinkSettings { Bandwidth = 100_000 };
        With(MigrationCapability.Events);
        Fill(_source);
        _timeline.Run(async () =>
        {
            Begin();
            await Wait.ForAsync(_timeline, TimeSpan.FromSeconds(1));
            _source.Core.Shutdown();
            await _source.Core.JoinAsync();
        });
        Assert.That(_source.Status, Is.EqualTo(MigrationStatus.Cancelled));
        Assert.That(_source.EventNames[^1], Is.EqualTo("MIGRATION cancelling"));
    }

    [Test]
    public void Migration_after_a_failed_one_starts_afresh()
    {
        _timeline.Run(async () =>
        {
            _source.Running();
            _source.Core.Migrate(new MigrationRequest(TestMachine.Unix("/nobody")));
            await Wait.EndAsync(_source, _timeline);
            Assert.That(_source.Status, Is.EqualTo(MigrationStatus.Failed));
            Assert.That(_source.Core.Query().ErrorDesc, Is.Not.Null);
            _destination.Listening(Path);
            _source.Core.Migrate(new MigrationRequest(TestMachine.Unix(Path)));
            Assert.That(_source.Core.Query().ErrorDesc, Is.Null);
            await EndAsync();
        });
        Assert.That(_source.Status, Is.EqualTo(MigrationStatus.Completed));
    }

    // The destination hangs up as soon as it has said why, and the source is in the middle of its RAM.
    [Test]
    public void What_the_destination_said_last_is_the_reason()
    {
        With(MigrationCapability.ReturnPath);
        using var smaller = new TestMachine(_timeline, _network, "smaller", 1 << 19);
        smaller.With(MigrationCapability.ReturnPath);
        _network.Link = new LinkSettings { Buffer = 4096 };
        Fill(_source);
        _timeline.Run(async () =>
        {
            smaller.Listening(Path);
            _source.Running();
            _source.Core.Migrate(new MigrationRequest(TestMachine.Unix(Path)));
            await Wait.EndAsync(_source, _timeline);
        });
        Assert.That(_source.Core.Query().ErrorDesc, Is.EqualTo("Sibling indicated error 1"));
        Assert.That(_source.Machine.IsRunning);
    }

    [Test]
    public void Without_a_return_path_the_broken_connection_is_the_reason()
    {
        using var smaller = new TestMachine(_timeline, _network, "smaller", 1 << 19);
        _network.Link = new LinkSettings { Buffer = 4096 };
        Fill(_source);
        _timeline.Run(async () =>
        {
            smaller.Listening(Path);
            _source.Running();
            _source.Core.Migrate(new MigrationRequest(TestMachine.Unix(Path)));
            await Wait.EndAsync(_source, _timeline);
        });
        Assert.That(_source.Core.Query().ErrorDesc, Is.EqualTo("Unable to write to socket: Broken pipe"));
    }

    [Test]
    public void Deprecated_capability_is_warned_of_at_every_change()
    {
#pragma warning disable CS0618
        _source.With(MigrationCapability.ZeroBlocks).With(MigrationCapability.Events);
        const string Warning = "warning: zero-blocks capability is deprecated";
        Assert.That(_source.EventNames, Is.EqualTo(new[] { Warning, Warning }));

        // Also where the set is refused for another reason.
        Assert.That(
            () => _source.With(MigrationCapability.PostcopyRam, MigrationCapability.Multifd),
            Throws.TypeOf<MigrationException>());
        Assert.That(_source.EventNames, Has.Count.EqualTo(3));
        _source.Without(MigrationCapability.ZeroBlocks);
        Assert.That(_source.EventNames, Has.Count.EqualTo(3));
#pragma warning restore CS0618
    }

    [Test]
    public void Finished_source_refuses_another_migration()
    {
        _timeline.Run(async () =>
        {
            Begin();
            Refused("There's a migration process in progress");
            await EndAsync();
            await Wait.UntilAsync(_timeline, () => _source.Machine.RunState == RunState.Postmigrate);
        });
        Refused("Can't migrate the vm that was paused due to previous migration");
    }

    [TestCase("11223344-5566-7788-99aa-bbccddeeff00", true, true, MigrationStatus.Completed)]
    [TestCase("11223344-5566-7788-99aa-bbccddeeff01", true, true, MigrationStatus.Failed)]
    [TestCase("11223344-5566-7788-99aa-bbccddeeff01", true, false, MigrationStatus.Failed)]
    [TestCase("11223344-5566-7788-99aa-bbccddeeff01", false, true, MigrationStatus.Completed)]
    [TestCase(null, true, true, MigrationStatus.Completed)]
    [TestCase(null, true, false, MigrationStatus.Completed)]
    public void Uuids_are_compared_whenever_the_source_sends_its_own(
        string? destinationUuid, bool sent, bool wanted, MigrationStatus expected)
    {
        using TestMachine source = Create("11223344-5566-7788-99aa-bbccddeeff00");
        using TestMachine destination = Create(destinationUuid);
        if (sent) source.With(MigrationCapability.ValidateUuid);
        if (wanted) destination.With(MigrationCapability.ValidateUuid);
        _timeline.Run(async () =>
        {
            destination.Listening(Path);
            source.Running();
            source.Core.Migrate(new MigrationRequest(TestMachine.Unix(Path)));
            Assert.That(await Wait.EndAsync(destination, _timeline), Is.EqualTo(expected));
        });

        TestMachine Create(string? uuid) => new(
            _timeline,
            _network,
            "vm",
            1 << 20,
            identity: new MachineIdentity("none", Uuid: uuid is null ? null : new Guid(uuid)));
    }

    [Test]
    public void Guest_goes_on_to_a_third_machine()
    {
        using var third = new TestMachine(_timeline, _network, "third", 1 << 20);
        Fill(_source);
        _timeline.Run(async () =>
        {
            Begin();
            await EndAsync();
            third.Listening(Path);
            _destination.Core.Migrate(new MigrationRequest(TestMachine.Unix(Path)));
            await Wait.EndAsync(third, _timeline);
            await Wait.EndAsync(_destination, _timeline);
        });
        Assert.That(_destination.Status, Is.EqualTo(MigrationStatus.Completed));
        Assert.That(third.Machine.IsRunning);
        Assert.That(third.Ram(), Is.EqualTo(_source.Ram()));
    }

    [Test]
    public void Closed_gate_does_not_spin_and_opens_at_once()
    {
        With(MigrationCapability.Events, MigrationCapability.ReturnPath, MigrationCapability.SwitchoverAck);
        _destination.Core.Entries.Add(new AckDevice(TimeSpan.FromSeconds(3)));
        _source.Core.Entries.Add(new AckDevice(TimeSpan.FromSeconds(3)));
        long completed = 0;
        _timeline.Run(async () =>
        {
            Begin();
            await Wait.ForAsync(_timeline, TimeSpan.FromSeconds(2.9));
            Assert.That(_source.Status, Is.EqualTo(MigrationStatus.Active));
            Assert.That(_source.Machine.IsRunning);
            await EndAsync();
            completed = _timeline.Elapsed;
        });
        Assert.That(completed / 1e9, Is.EqualTo(3).Within(0.05));
        Assert.That(_source.Core.Query().Ram!.DirtySyncCount, Is.LessThan(301));
        Assert.That(_source.Core.Query().Downtime, Is.LessThan(50));
    }

    [Test]
    public void Lost_return_path_opens_no_gate_and_fails()
    {
        With(MigrationCapability.ReturnPath, MigrationCapability.SwitchoverAck);
        _destination.Core.Entries.Add(new AckDevice(TimeSpan.FromHours(1)));
        _source.Core.Entries.Add(new AckDevice(TimeSpan.FromHours(1)));
        _timeline.Run(async () =>
        {
            Begin();
            await Wait.ForAsync(_timeline, TimeSpan.FromSeconds(1));
            _destination.Core.Shutdown();
            await Wait.EndAsync(_source, _timeline);
        });
        Assert.That(_source.Status, Is.EqualTo(MigrationStatus.Failed));
        Assert.That(_source.Machine.IsRunning);
    }

    [Test]
    public void Dirty_bitmaps_are_announced_and_there_are_none()
    {
        With(MigrationCapability.DirtyBitmaps);
        Fill(_source);
        _timeline.Run(async () =>
        {
            Begin();
            await EndAsync();
        });
        Assert.That(_source.Status, Is.EqualTo(MigrationStatus.Completed));
        Assert.That(_destination.Ram(), Is.EqualTo(_source.Ram()));
    }

    private static void Fill(TestMachine machine)
    {
        byte[] bytes = new byte[1 << 20];
        new Random(3).NextBytes(bytes);
        machine.Machine.Memory.Load(0, bytes);
    }

    private void With(params MigrationCapability[] capabilities)
    {
        _source.With(capabilities);
        _destination.With(capabilities);
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

    private void Refused(string message) => Assert.That(
        () => _source.Core.Migrate(new MigrationRequest(TestMachine.Unix(Path))),
        Throws.TypeOf<MigrationException>().With.Message.EqualTo(message));
}
