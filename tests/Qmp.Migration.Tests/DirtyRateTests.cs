using Qmp.Devices.Workload;
using Qmp.Machine.Time;
using Qmp.Migration.Channels.Virtual;
using Qmp.Migration.Status;
using Qmp.Migration.Tests.Support;
using Qmp.Types;

namespace Qmp.Migration.Tests;

/// <summary><c>calc-dirty-rate</c> against a guest whose rate is known.</summary>
[TestFixture]
internal sealed class DirtyRateTests
{
    private const long Rate = 10 << 20;

    private VirtualTimeline _timeline = null!;
    private VirtualNetwork _network = null!;
    private TestMachine _machine = null!;

    [SetUp]
    public void SetUp()
    {
        _timeline = new VirtualTimeline();
        _network = new VirtualNetwork(_timeline);
        _machine = new TestMachine(
            _timeline,
            _network,
            "m",
            64 << 20,
            workload: new WorkloadSettings { Rate = Rate, WorkingSet = 64 << 20 });
    }

    [TearDown]
    public void TearDown() => _machine.Dispose();

    [TestCase(DirtyRateMeasureMode.DirtyBitmap, 9, 10)]
    [TestCase(DirtyRateMeasureMode.PageSampling, 7, 13)]
    public void A_guest_is_measured(DirtyRateMeasureMode mode, long least, long most)
    {
        DirtyRateInfo during = null!;
        _timeline.Run(async () =>
        {
            _machine.Running();
            Start(new CalcDirtyRateArguments
            {
                CalcTime = 2,
                Mode = mode,
                SamplePages = mode == DirtyRateMeasureMode.PageSampling ? 16384 : null,
            });
            during = Query();
            Assert.That(
                () => Start(new CalcDirtyRateArguments { CalcTime = 1 }),
                Throws.TypeOf<MigrationException>().With.Message
                    .EqualTo("the dirty rate is already being measured."));
            await Wait.UntilAsync(_timeline, () => Query().Status == DirtyRateStatus.Measured);
            await _machine.Machine.StopAsync(RunState.Paused);
        });
        DirtyRateInfo after = Query();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(during.Status, Is.EqualTo(DirtyRateStatus.Measuring));
            Assert.That(during.DirtyRate, Is.Null);
            Assert.That(after.DirtyRate, Is.InRange(least, most));
            Assert.That(after.CalcTime, Is.EqualTo(2));
            Assert.That(
                _machine.Core.DirtyRate.Query(TimeUnit.Millisecond).CalcTime, Is.EqualTo(2000));
            Assert.That(after.Mode, Is.EqualTo(mode));
            Assert.That(after.SamplePages, Is.EqualTo(mode == DirtyRateMeasureMode.PageSampling ? 16384 : 0));
        }
    }

    [Category("Slow")]
    [Test]
    public void A_migration_does_not_lose_what_is_measured()
    {
        using var destination = new TestMachine(_timeline, _network, "d", 64 << 20);
        byte[] noise = new byte[8 << 20];
        new Random(1).NextBytes(noise);
        _machine.Machine.Memory.Load(48 << 20, noise); // two seconds of the first pass
        _timeline.Run(async () =>
        {
            destination.Listening("/mig");
            _machine.Running();
            _machine.Core.DirtyRate.Start(new CalcDirtyRateArguments
            {
                CalcTime = 1,
                Mode = DirtyRateMeasureMode.DirtyBitmap,
            });
            _machine.Core.Options.SetParameters(new MigrateSetParameters { MaxBandwidth = 4 << 20 });
            _machine.Core.Migrate(new MigrationRequest(TestMachine.Unix("/mig")));
            await Wait.UntilAsync(_timeline, () => Query().Status == DirtyRateStatus.Measured);
            Assert.That(_machine.Status, Is.EqualTo(MigrationStatus.Active));
            _machine.Core.Options.SetParameters(new MigrateSetParameters { MaxBandwidth = 0 });
            await Wait.EndAsync(_machine, _timeline);
            await Wait.EndAsync(destination, _timeline);
            await destination.Machine.StopAsync(RunState.Paused);
        });
        Assert.That(Query().DirtyRate, Is.InRange(9, 10));
        Assert.That(destination.Ram(), Is.EqualTo(_machine.Ram()));
    }

    [TestCase(0, null, null, null, "Calculation time is out of range [50ms, 60000ms].")]
    [TestCase(61, null, null, null, "Calculation time is out of range [50ms, 60000ms].")]
    [TestCase(long.MaxValue / 1000, null, null, null, "Calculation time is out of range [50ms, 60000ms].")]
    [TestCase(49, TimeUnit.Millisecond, null, null, "Calculation time is out of range [50ms, 60000ms].")]
    [TestCase(1, null, 127, null, "sample-pages is out of range[128, 16384].")]
    [TestCase(1, null, 16385, null, "sample-pages is out of range[128, 16384].")]
    [TestCase(1, null, 512, DirtyRateMeasureMode.DirtyBitmap, "sample-pages is used only in page-sampling mode")]
    [TestCase(
        1, null, null, DirtyRateMeasureMode.DirtyRing, "mode dirty-ring is not enabled, use other method instead.")]
    public void Bad_requests_are_refused(
        long time, TimeUnit? unit, long? samples, DirtyRateMeasureMode? mode, string error)
    {
        Assert.That(
            () => Start(new CalcDirtyRateArguments
            {
                CalcTime = time, CalcTimeUnit = unit, SamplePages = samples, Mode = mode,
            }),
            Throws.TypeOf<MigrationException>().With.Message.EqualTo(error));
        Assert.That(Query().Status, Is.EqualTo(DirtyRateStatus.Unstarted));
    }

    private void Start(CalcDirtyRateArguments arguments) => _machine.Core.DirtyRate.Start(arguments);

    private DirtyRateInfo Query() => _machine.Core.DirtyRate.Query(TimeUnit.Second);
}
