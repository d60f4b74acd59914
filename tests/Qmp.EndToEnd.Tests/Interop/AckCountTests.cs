using Qmp.EndToEnd.Tests.Interop.Scripted;
using Qmp.Interop.Emulators;
using Qmp.Types;

namespace Qmp.EndToEnd.Tests.Interop;

/// <summary>What becomes of a migration whose destination sends so many acks of the switchover; QEMU and qmpd alike.</summary>
/// <remarks>What QEMU decides by a race is not here: an early ack too many, with the capability on.</remarks>
[Category("Slow")]
[TestFixture]
internal sealed class AckCountTests
{
    private const string Completed = "completed";
    private const string Waits = "active";
    private const string Underflow = "failed Switchover ack pending num underflowed";

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    private static IEnumerable<TestCaseData> Sources() =>
        from row in ((AckCounting Counting, bool Capability, int Early, int Late, string End)[])
        [
            (AckCounting.Ten, false, 0, 0, Completed), (AckCounting.Ten, false, 1, 0, Completed),
            (AckCounting.Ten, false, 0, 1, Completed), (AckCounting.Ten, false, 2, 0, Completed),
            (AckCounting.Ten, true, 0, 0, Waits), (AckCounting.Ten, true, 1, 0, Completed), (AckCounting.Ten, true, 2, 0, Completed),
            (AckCounting.Eleven, false, 0, 0, Completed), (AckCounting.Eleven, false, 1, 0, Underflow),
            (AckCounting.Eleven, false, 0, 1, Underflow), (AckCounting.Eleven, false, 2, 0, Underflow),
            (AckCounting.Eleven, true, 0, 0, Completed), (AckCounting.Eleven, true, 0, 1, Underflow),
            (AckCounting.Legacy, false, 0, 0, Completed), (AckCounting.Legacy, false, 1, 0, Completed),
            (AckCounting.Legacy, false, 0, 1, Completed), (AckCounting.Legacy, false, 2, 0, Underflow),
            (AckCounting.Legacy, true, 0, 0, Waits), (AckCounting.Legacy, true, 1, 0, Completed),
            (AckCounting.Legacy, true, 1, 1, Underflow),
        ]
        from kind in Enum.GetValues<EmulatorKind>()
        let party = new Party(row.Counting, kind)
        select new TestCaseData(party, row.Capability, row.Early, row.Late, row.End)
            .SetName($"{party}, {(row.Capability ? "with" : "without")} the capability, acks: {row.Early} early, {row.Late} late");

    [TestCaseSource(nameof(Sources))]
    public async Task Source_takes_acks(Party party, bool capability, int early, int late, string end)
    {
        party.Require();
        using var destination = new ScriptedDestination(_folder.File("stream"));
        await using EmulatorProcess source = await party.StartAsync("src", _folder);
        await SwitchOnAsync(source, capability);
        await source.Migration.MigrateAsync(new() { Uri = destination.Uri });
        await destination.Opened.WaitAsync(EventLog.Patience);
        for (int i = 0; i < early; i++) destination.Acknowledge();
        if (end != Waits)
        {
            await destination.Loaded.WaitAsync(EventLog.Patience);
            for (int i = 0; i < late; i++) destination.Acknowledge();
            if (end == Completed) destination.Shut(0);
        }

        Assert.That(await EndAsync(source, party), Is.EqualTo(end));
        bool isHere = end != Completed;
        Assert.That(await source.QuerySettledRunStateAsync(), Is.EqualTo(isHere ? RunState.Running : RunState.Postmigrate));
        if (end != Underflow) return;
        Assert.That(source.Complaints, Is.EqualTo(new[] { "Switchover ack pending num underflowed" }));
        Assert.That(
            source.Events.Texts.Where(text => !text.StartsWith("MIGRATION", StringComparison.Ordinal)), Is.EqualTo(new[] { "STOP", "RESUME" }));
    }

    // As the README of Qmp.Migration/Switchover has them.
    private static IEnumerable<TestCaseData> Pairs() =>
        from row in ((AckCounting Source, AckCounting Destination, string Both, string AtSource, string AtDestination)[])
        [
            (AckCounting.Ten, AckCounting.Ten, Completed, Waits, Completed),
            (AckCounting.Ten, AckCounting.Legacy, Completed, Waits, Completed),
            (AckCounting.Ten, AckCounting.Eleven, Waits, Waits, Completed),
            (AckCounting.Legacy, AckCounting.Ten, Completed, Waits, Completed),
            (AckCounting.Legacy, AckCounting.Legacy, Completed, Waits, Completed),
            (AckCounting.Legacy, AckCounting.Eleven, Waits, Waits, Completed),
            (AckCounting.Eleven, AckCounting.Ten, "", Completed, Underflow),
            (AckCounting.Eleven, AckCounting.Legacy, "", Completed, Underflow),
            (AckCounting.Eleven, AckCounting.Eleven, Completed, Completed, Completed),
        ]
        from pair in Pair.WithQmpd
        from cell in new[] { (true, true, row.Both), (true, false, row.AtSource), (false, true, row.AtDestination), (false, false, Completed) }
        where cell.Item3.Length > 0
        let source = new Party(row.Source, pair.Source)
        let destination = new Party(row.Destination, pair.Destination)
        select new TestCaseData(source, destination, cell.Item1, cell.Item2, cell.Item3).SetName(
            $"{source} to {destination}, capability: {(cell.Item1 ? "source" : "")} {(cell.Item2 ? "destination" : "")}");

    [TestCaseSource(nameof(Pairs))]
    public async Task Pair_ends(Party source, Party destination, bool atSource, bool atDestination, string end)
    {
        source.Require();
        destination.Require();
        await using EmulatorProcess from = await source.StartAsync("src", _folder);
        await using EmulatorProcess to = await destination.StartAsync("dst", _folder, "-incoming", "defer");
        await SwitchOnAsync(from, atSource);
        await SwitchOnAsync(to, atDestination);
        string uri = $"unix:{_folder.File("stream")}";
        await to.Migration.MigrateIncomingAsync(new() { Uri = uri });
        await from.Migration.MigrateAsync(new() { Uri = uri });
        Assert.That(await EndAsync(from, source), Is.EqualTo(end));
        Assert.That(
            await from.QuerySettledRunStateAsync(), Is.EqualTo(end == Completed ? RunState.Postmigrate : RunState.Running));

        // After an ack too many both run, with QEMU too: the destination has all that it needs.
        if (end == Waits) Assert.That(await to.QueryRunStateAsync(), Is.EqualTo(RunState.Inmigrate));
        else await to.Events.WhenAsync("RESUME");
    }

    // Without events, of which QEMU has 100,000 a second at the gate.
    private static async Task SwitchOnAsync(EmulatorProcess emulator, bool ack) =>
        await emulator.Migration.MigrateSetCapabilitiesAsync(new()
        {
            Capabilities =
            [
                new MigrationCapabilityStatus { Capability = MigrationCapability.ReturnPath, State = true },
                new MigrationCapabilityStatus { Capability = MigrationCapability.SwitchoverAck, State = ack },
            ],
        });

    private static async Task<string> EndAsync(EmulatorProcess source, Party party)
    {
        for (long start = Environment.TickCount64; ; await Task.Delay(10))
        {
            MigrationInfo info = await source.QueryMigrateAsync();
            bool isOver = info.Status is MigrationStatus.Completed or MigrationStatus.Failed or MigrationStatus.Cancelled
                || (info is { Status: MigrationStatus.Active, Ram: { Remaining: 0 } ram } && ram.DirtySyncCount > party.SyncsOfASecond);
            if (isOver) return $"{info.Status!.Value.ToWireName()} {info.ErrorDesc}".TrimEnd();
            if (Environment.TickCount64 - start > EventLog.Patience.TotalMilliseconds) return $"{info}";
        }
    }
}
