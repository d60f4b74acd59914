using System.Runtime.InteropServices;
using Qmp.Emulator.Versions;
using Qmp.Linux;
using Qmp.Machine.Memory;
using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Migration.Channels.Virtual;
using Qmp.Migration.Cpr;
using Qmp.Migration.Rules;
using Qmp.Migration.Status;
using Qmp.Migration.Tests.Support;
using Qmp.Types;
using Serilog.Core;

namespace Qmp.Migration.Tests.Cpr;

/// <summary>The mode <c>cpr-transfer</c>: another program takes over the memory by descriptor, then the machine.</summary>
[TestFixture]
internal sealed class CprTransferTests
{
    private const ulong Size = 4 << 20;

    private readonly List<IDisposable> _owned = [];
    private VirtualTimeline _timeline = null!;
    private VirtualNetwork _network = null!;

    [SetUp]
    public void SetUp()
    {
        _timeline = new VirtualTimeline();
        _network = new VirtualNetwork(_timeline);
    }

    [TearDown]
    public void TearDown()
    {
        _owned.ForEach(o => o.Dispose());
        _owned.Clear();
    }

    [Test]
    public void Memory_is_the_same_and_is_not_sent([Values] bool newer)
    {
        MigrationRules rules = RulesOf(newer);
        TestMachine source = Create("src", rules);
        source.Machine.Memory.Load(0x3000, "before"u8);
        TestMachine? destination = null;
        _timeline.Run(async () =>
        {
            destination = await HandOverAsync(source, "a", rules);
            await Wait.EndAsync(destination, _timeline);
        });
        Assert.That(source.Status, Is.EqualTo(MigrationStatus.Completed));
        Assert.That(source.Core.Query().Ram!.Transferred, Is.LessThan(4096));
        Assert.That(source.Core.Query().Ram!.Total, Is.Zero);
        Assert.That(destination!.Machine.RunState, Is.EqualTo(RunState.Running));
        Assert.That(destination.Ram(0x4000).AsSpan(0x3000, 6).SequenceEqual("before"u8));
        destination.Machine.Memory.Load(0x3000, "after!"u8);
        Assert.That(source.Ram(0x4000).AsSpan(0x3000, 6).SequenceEqual("after!"u8), "both map the same memory");
    }

    [Test]
    public void Status_and_run_state_change_as_in_QEMU()
    {
        TestMachine source = Create("src", RulesOf(newer: false));
        source.With(MigrationCapability.Events);
        _timeline.Run(async () => await Wait.EndAsync(await HandOverAsync(source, "a", RulesOf(newer: false)), _timeline));
        Assert.That(source.EventNames.Where(e => e != "RESUME"), Is.EqualTo(new[]
        {
            "MIGRATION setup", "STOP", "MIGRATION_PASS 1", "MIGRATION active", "MIGRATION device", "MIGRATION_PASS 2", "MIGRATION completed",
        }));
    }

    [Test]
    public void A_program_hands_on_what_it_was_handed()
    {
        MigrationRules rules = RulesOf(newer: false);
        TestMachine first = Create("1", rules);
        first.Machine.Memory.Load(0, "first"u8);
        TestMachine? third = null;
        _timeline.Run(async () =>
        {
            TestMachine second = await HandOverAsync(first, "a", rules);
            await Wait.EndAsync(second, _timeline);
            third = await HandOverAsync(second, "b", rules, start: false);
            await Wait.EndAsync(third, _timeline);
        });
        Assert.That(third!.Machine.RunState, Is.EqualTo(RunState.Running));
        Assert.That(third.Ram(4096).AsSpan(0, 5).SequenceEqual("first"u8));
    }

    [Test]
    public void Cancelled_before_the_other_program_is_ready_it_ends_at_once([Values] bool newer)
    {
        TestMachine source = Create("src", RulesOf(newer));
        source.With(MigrationCapability.Events);
        _timeline.Run(async () =>
        {
            Activity waiting = _timeline.Start("other", async () => _owned.Add(await _network.Cpr.AcceptAsync(TestMachine.Unix("/a.cpr"))));
            source.Running();
            await Wait.ForAsync(_timeline, TimeSpan.FromMilliseconds(1));
            source.Core.Migrate(Request("a"));
            await Wait.ForAsync(_timeline, TimeSpan.FromSeconds(5));
            Assert.That(source.Status, Is.EqualTo(MigrationStatus.Setup));
            Assert.That(source.Machine.RunState, Is.EqualTo(RunState.Running));
            Assert.That(source.Core.CanBeYanked, Is.EqualTo(newer));
            source.Core.Cancel();
            Assert.That(source.Status, Is.EqualTo(MigrationStatus.Cancelled));
            await waiting.JoinAsync();
            await source.Core.JoinAsync();
        });
        Assert.That(source.EventNames.TakeLast(3), Is.EqualTo(new[] { "MIGRATION setup", "MIGRATION cancelling", "MIGRATION cancelled" }));
    }

    [Test]
    public void The_guest_runs_on_when_the_other_program_does_not_listen()
    {
        TestMachine source = Create("src", RulesOf(newer: false));
        _timeline.Run(async () =>
        {
            Activity other = _timeline.Start("other", async () => (await _network.Cpr.AcceptAsync(TestMachine.Unix("/a.cpr"))).Dispose());
            source.Running();
            await Wait.ForAsync(_timeline, TimeSpan.FromMilliseconds(1));
            source.Core.Migrate(Request("a"));
            await other.JoinAsync();
            await Wait.EndAsync(source, _timeline);
        });
        Assert.That(source.Core.Query().ErrorDesc, Is.EqualTo("Failed to connect to '/a': Connection refused"));
        Assert.That(source.Machine.RunState, Is.EqualTo(RunState.Running));
    }

    [Test]
    public void Nobody_there_is_an_answer_to_the_command()
    {
        TestMachine source = Create("src", RulesOf(newer: false));
        _timeline.Run(() =>
        {
            source.Running();
            Assert.That(() => source.Core.Migrate(Request("a")), Throws.TypeOf<ChannelException>().With.Message.EqualTo("Failed to connect to '/a.cpr': Connection refused"));
            Assert.That(source.Status, Is.EqualTo(MigrationStatus.Failed));
            return ValueTask.CompletedTask;
        });
    }

    [Test]
    public void Memory_that_nobody_shares_is_a_reason_in_that_mode_alone()
    {
        const string Reason = "Memory region ram is not compatible with CPR. share=on is required for memory-backend objects, and aux-ram-share=on is required.";
        using var machine = new TestMachine(_timeline, _network, "src", Size);
        Assert.That(machine.Core.Query().BlockedReasons, Is.Null);
        machine.Core.Options.SetParameters(new() { Mode = MigMode.CprTransfer });
        Assert.That(machine.Core.Query().BlockedReasons, Is.EqualTo(new[] { Reason }));
        Assert.That(() => machine.Core.Migrate(Request("a")), Throws.TypeOf<MigrationException>().With.Message.EqualTo(Reason));
    }

    // The other program is started, gets what the source leaves, is built around it, and listens.
    private async ValueTask<TestMachine> HandOverAsync(TestMachine source, string name, MigrationRules rules, bool start = true)
    {
        CprArrival? arrival = null;
        Activity waiting = _timeline.Start("other", async () => arrival = await CprArrival.WaitAsync(_network.Cpr, TestMachine.Unix($"/{name}.cpr"), rules, Logger.None));
        if (start) source.Running();
        await Wait.ForAsync(_timeline, TimeSpan.FromMilliseconds(1));
        source.Core.Options.SetParameters(new() { Mode = MigMode.CprTransfer });
        source.Core.Migrate(Request(name));
        await waiting.JoinAsync();
        return Create(name, rules, arrival).Listening($"/{name}");
    }

    private TestMachine Create(string name, MigrationRules rules, CprArrival? arrival = null)
    {
        SafeHandle memory = arrival?.State.Find("ram") ?? SharedMemory.Create("ram", Size, sealsSize: true, out _)!;
        var machine = new TestMachine(
            _timeline,
            _network,
            name,
            memory: all => all.Map(RamBlock.FromDescriptor("ram", Size, memory, shared: true, preallocate: false, isNew: arrival is null), 0),
            rules: rules,
            arrival: arrival);
        if (arrival is null) machine.Core.Cpr.Save("ram", memory);
        machine.Core.Options.SetParameters(new() { Mode = MigMode.CprTransfer });
        _owned.Add(machine);
        return machine;
    }

    private static MigrationRequest Request(string name) => new(TestMachine.Unix($"/{name}"), TestMachine.Unix($"/{name}.cpr"));

    private static MigrationRules RulesOf(bool newer) => (newer ? QemuVersion.Qemu11_1 : QemuVersion.Qemu10_0).Migration;
}
