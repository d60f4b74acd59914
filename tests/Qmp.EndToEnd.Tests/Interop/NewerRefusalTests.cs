using Qmp.EndToEnd.Tests.Interop.Scripted;
using Qmp.Interop.Emulators;
using Qmp.Types;

namespace Qmp.EndToEnd.Tests.Interop;

/// <summary>What destinations of release 11.1 do not take, and how they say it: QEMU and qmpd in the same words.</summary>
[Category("Slow")]
[TestFixture]
internal sealed class NewerRefusalTests
{
    /// <summary>qmpd adds where it stopped.</summary>
    private const string Position = "load stopped at stream offset";

    private static IEnumerable<TestCaseData> Cases() =>
        from newer in NewerRefusal.All
        let refusal = ((IEnumerable<Refusal>)
        [
            .. Refusal.OfHeaders(), .. Refusal.OfSections(), .. Refusal.OfCommands(), .. Refusal.OfMemory(),
        ]).Single(r => r.Name == newer.Name)
        from kind in Enum.GetValues<EmulatorKind>()
        select new TestCaseData(refusal, newer, new Party(AckCounting.Eleven, kind)).SetName($"{refusal}, {kind} of release 11.1");

    [TestCaseSource(nameof(Cases))]
    public async Task Stream_is_refused(Refusal refusal, NewerRefusal newer, Party party)
    {
        party.Require();
        using var folder = new TemporaryFolder();
        string path = folder.File("stream");
        await using EmulatorProcess destination = await party.StartAsync("dst", folder, "-incoming", "defer");
        await destination.SwitchOnAsync(refusal.Capabilities);
        await destination.Migration.MigrateIncomingAsync(new() { Uri = $"unix:{path}", ExitOnError = false });
        using var source = new ScriptedSource(path);
        source.Send(refusal.Stream);
        source.EndSending();
        await destination.Events.WhenEndedAsync();
        MigrationInfo info = await destination.QueryMigrateAsync();
        string? told = newer.Told is null ? null : $"load of migration failed: {newer.Told}";
        Assert.That((info.Status, info.ErrorDesc), Is.EqualTo((MigrationStatus.Failed, told)));
        Assert.That(
            destination.Complaints.Where(c => !c.StartsWith(Position, StringComparison.Ordinal)),
            Is.EqualTo(newer.Printed));
    }
}
