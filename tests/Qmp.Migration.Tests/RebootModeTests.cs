using Qmp.Migration.Tests.Support;
using Qmp.Types;

namespace Qmp.Migration.Tests;

/// <summary>The mode <c>cpr-reboot</c>: the guest is stopped before the first page is sent.</summary>
[TestFixture]
internal sealed class RebootModeTests
{
    private static readonly MigrateSetParameters Mode = new() { Mode = MigMode.CprReboot };

    [Test]
    public void The_guest_stops_before_memory_is_sent()
    {
        using var pair = new MigrationPair([MigrationCapability.Events], Mode);
        pair.Fill();
        pair.Migrate();
        pair.CheckMoved();
        Assert.That(pair.Source.EventNames.Where(e => e != "RESUME").Take(5), Is.EqualTo(
            new[] { "MIGRATION setup", "STOP", "MIGRATION_PASS 1", "MIGRATION active", "MIGRATION device" }));
        MigrationStats ram = pair.Source.Core.Query().Ram!;
        Assert.That(ram.PrecopyBytes, Is.Zero);
        Assert.That(ram.DowntimeBytes, Is.GreaterThan(ram.Transferred * 99 / 100));
    }

    [TestCase(FaultPoint.DirtySync)]
    [TestCase(FaultPoint.GateDone)]
    [TestCase(FaultPoint.PreSwitchover)]
    public void It_goes_on_when_the_migration_fails(FaultPoint point)
    {
        using var pair = new MigrationPair([MigrationCapability.Events, MigrationCapability.PauseBeforeSwitchover], Mode);
        pair.Fill();
        pair.Source.Core.Faults.Set(new() { Point = point, Action = FaultAction.Fail });
        pair.Migrate();
        Assert.That(pair.Source.EventNames, Does.Contain("STOP"));
        Assert.That(pair.Source.Core.Query().ErrorDesc, Is.EqualTo($"Fault injected at '{point.ToWireName()}'"));
        pair.CheckOneRuns($"{point}");
    }
}
