using Qmp.EndToEnd.Tests.Interop.Scripted;
using Qmp.Interop.Emulators;
using Qmp.Types;

namespace Qmp.EndToEnd.Tests.Interop;

/// <summary>What destinations do not take, and how they say it: QEMU and qmpd in the same words.</summary>
[Category("Slow")]
[TestFixture]
internal sealed class RefusalTests
{
    /// <summary>qmpd adds where it stopped.</summary>
    private const string Position = "load stopped at stream offset";

    private static IEnumerable<TestCaseData> Cases() =>
        from refusal in (IEnumerable<Refusal>)
        [
            .. Refusal.OfHeaders(), .. Refusal.OfSections(), .. Refusal.OfCommands(), .. Refusal.OfPostcopy(), .. Refusal.OfMemory(),
        ]
        from kind in Enum.GetValues<EmulatorKind>()
        select new TestCaseData(refusal, kind).SetName($"{refusal}, {kind}");

    [TestCaseSource(nameof(Cases))]
    public async Task Stream_is_refused(Refusal refusal, EmulatorKind kind)
    {
        Requirement.Check(kind);
        using var folder = new TemporaryFolder();
        string path = folder.File("stream");
        await using EmulatorProcess destination =
            await EmulatorProcess.StartAsync(kind, "dst", folder, "-incoming", "defer");
        await destination.SwitchOnAsync(refusal.Capabilities);
        await destination.Migration.MigrateIncomingAsync(new() { Uri = $"unix:{path}", ExitOnError = false });
        using var source = new ScriptedSource(path);
        source.Send(refusal.Stream);
        source.EndSending();
        await destination.Events.WhenEndedAsync();
        MigrationInfo info = await destination.QueryMigrateAsync();
        Assert.That(
            (info.Status, info.ErrorDesc),
            Is.EqualTo((MigrationStatus.Failed, $"load of migration failed: {refusal.Error}")));
        Assert.That(await destination.QueryRunStateAsync(), Is.EqualTo(RunState.Inmigrate));
        await source.ReadToEndAsync().WaitAsync(EventLog.Patience);
        Assert.That(
            destination.Complaints.Where(c => !c.StartsWith(Position, StringComparison.Ordinal)),
            Is.EqualTo(refusal.Reasons));
    }
}
