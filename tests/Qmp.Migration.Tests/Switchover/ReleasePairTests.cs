using Qmp.Machine.Time;
using Qmp.Migration.Channels.Virtual;
using Qmp.Migration.Tests.Support;
using Qmp.Types;

namespace Qmp.Migration.Tests.Switchover;

/// <summary>Two releases whose ends count the acks of the switchover in their own ways, on virtual time.</summary>
[TestFixture]
internal sealed class ReleasePairTests
{
    private const string Path = "/mig";
    private const string Underflow = "Switchover ack pending num underflowed";

    private VirtualTimeline _timeline = null!;
    private VirtualNetwork _network = null!;

    [SetUp]
    public void SetUp()
    {
        _timeline = new VirtualTimeline();
        _network = new VirtualNetwork(_timeline) { Link = new LinkSettings { Buffer = int.MaxValue } };
    }

    // As between two QEMUs. The pairs that QEMU decides by a race are not here.
    [TestCase(Release.Ten, Release.Ten, true, true, "completed")]
    [TestCase(Release.Ten, Release.ElevenLegacy, true, true, "completed")]
    [TestCase(Release.Ten, Release.Eleven, true, true, "active")]
    [TestCase(Release.ElevenLegacy, Release.Ten, true, true, "completed")]
    [TestCase(Release.ElevenLegacy, Release.ElevenLegacy, true, true, "completed")]
    [TestCase(Release.ElevenLegacy, Release.Eleven, true, true, "active")]
    [TestCase(Release.Eleven, Release.Eleven, true, true, "completed")]
    [TestCase(Release.Ten, Release.Ten, true, false, "active")]
    [TestCase(Release.Ten, Release.Eleven, true, false, "active")]
    [TestCase(Release.ElevenLegacy, Release.Ten, true, false, "active")]
    [TestCase(Release.ElevenLegacy, Release.Eleven, true, false, "active")]
    [TestCase(Release.Eleven, Release.Ten, true, false, "completed")]
    [TestCase(Release.Eleven, Release.ElevenLegacy, true, false, "completed")]
    [TestCase(Release.Eleven, Release.Eleven, true, false, "completed")]
    [TestCase(Release.Ten, Release.Ten, false, true, "completed")]
    [TestCase(Release.Ten, Release.Eleven, false, true, "completed")]
    [TestCase(Release.ElevenLegacy, Release.Ten, false, true, "completed")]
    [TestCase(Release.ElevenLegacy, Release.Eleven, false, true, "completed")]
    [TestCase(Release.Eleven, Release.Ten, false, true, "failed " + Underflow)]
    [TestCase(Release.Eleven, Release.ElevenLegacy, false, true, "failed " + Underflow)]
    [TestCase(Release.Eleven, Release.Eleven, false, true, "completed")]
    [TestCase(Release.Eleven, Release.Ten, false, false, "completed")]
    [TestCase(Release.Ten, Release.Eleven, false, false, "completed")]
    public void Capability_leads_to(Release source, Release destination, bool atSource, bool atDestination, string end) =>
        Assert.That(Run(source, destination, atSource, atDestination), Is.EqualTo(end));

    // An ack too many is read while the source still sends: it never switches over, and says why beside going on.
    [Test]
    public void An_ack_too_many_keeps_a_counting_source_waiting([Values("cancel", "stop")] string way)
    {
        using TestMachine source = Release.Eleven.Machine(_timeline, _network, "src");
        using TestMachine destination = Release.Ten.Machine(_timeline, _network, "dst");
        _network.Link = new LinkSettings { Bandwidth = 1 << 20 };
        source.Machine.Memory.Load(0, [.. Enumerable.Repeat((byte)1, 1 << 19)]);
        _timeline.Run(async () =>
        {
            Begin(source, destination, true, true);
            await Wait.ForAsync(_timeline, TimeSpan.FromSeconds(3));
            MigrationInfo waiting = source.Core.Query();
            Assert.That((waiting.Status, waiting.ErrorDesc), Is.EqualTo((MigrationStatus.Active, Underflow)));
            Assert.That(source.Machine.IsRunning);
            if (way == "cancel") source.Core.Cancel();
            else await source.Machine.StopAsync(RunState.Paused);
            await Wait.EndAsync(source, _timeline);
        });
        MigrationInfo end = source.Core.Query();
        Assert.That(end.ErrorDesc, Is.EqualTo(Underflow));
        Assert.That(end.Status, Is.EqualTo(way == "cancel" ? MigrationStatus.Cancelled : MigrationStatus.Failed));
        Assert.That(source.Machine.RunState, Is.EqualTo(way == "cancel" ? RunState.Running : RunState.Paused));
    }

    [TestCase(Release.Ten, "this source wants one in all")]
    [TestCase(Release.ElevenLegacy, "this source wants one in all")]
    public void Waiting_for_an_ack_that_cannot_come_is_explained(Release release, string hint)
    {
        var log = new LogLines();
        using TestMachine source = release.Machine(_timeline, _network, "src", logger: log.Logger);
        using TestMachine destination = Release.Eleven.Machine(_timeline, _network, "dst");
        _timeline.Run(async () =>
        {
            Begin(source, destination, true, true);
            await Wait.ForAsync(_timeline, TimeSpan.FromSeconds(4));
            Assert.That(Warnings(log), Is.Empty);
            await Wait.ForAsync(_timeline, TimeSpan.FromSeconds(6));
            source.Core.Cancel();
            await Wait.EndAsync(source, _timeline);
        });
        string warning = Warnings(log).Single();
        Assert.That(warning, Does.StartWith("the switchover has waited 5 s for 1 ack(s)").And.Contain(hint));
        Assert.That(warning, Does.EndWith("-global migration.switchover-ack-legacy=on"));
    }

    private static IEnumerable<string> Warnings(LogLines log) => log.All.Where(line => line.Contains("switchover has waited"));

    private string Run(Release source, Release destination, bool atSource, bool atDestination)
    {
        using TestMachine src = source.Machine(_timeline, _network, "src");
        using TestMachine dst = destination.Machine(_timeline, _network, "dst");
        string end = "";
        _timeline.Run(async () =>
        {
            Begin(src, dst, atSource, atDestination);
            await Wait.ForAsync(_timeline, TimeSpan.FromSeconds(3));
            MigrationInfo info = src.Core.Query();
            end = $"{info.Status!.Value.ToWireName()} {info.ErrorDesc}".TrimEnd();
            src.Core.Cancel();
            await Wait.EndAsync(src, _timeline);
            dst.Core.Shutdown();
            await dst.Core.JoinAsync();
        });
        return end;
    }

    private static void Begin(TestMachine source, TestMachine destination, bool atSource, bool atDestination)
    {
        foreach ((TestMachine machine, bool on) in new[] { (source, atSource), (destination, atDestination) })
        {
            machine.With(MigrationCapability.ReturnPath);
            if (on) machine.With(MigrationCapability.SwitchoverAck);
        }

        destination.Listening(Path);
        source.Running();
        source.Core.Migrate(new MigrationRequest(TestMachine.Unix(Path)));
    }
}
