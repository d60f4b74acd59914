using Qmp.Interop.Proxy;
using Qmp.Types;

namespace Qmp.EndToEnd.Tests.Interop.Control;

/// <summary>What a client does with a migration.</summary>
/// <param name="Name">What that is.</param>
/// <param name="LeadAsync">Does it; both ends are up, the destination listens.</param>
internal sealed record ControlScript(string Name, Func<ControlRun, Task> LeadAsync)
{
    // Bytes a second. The stream takes a minute, or next to no time.
    private const ulong Slow = 700_000;
    private const ulong Fast = 10_000_000_000;

    // Six seconds: longer than the period after which auto-converge asks for a sync.
    private const ulong Moderate = 7_000_000;

    private const long SlowMilliseconds = 60_000;

    /// <summary>What both ends switch on.</summary>
    public IReadOnlyList<MigrationCapability> Capabilities { get; init; } = [];

    /// <summary>QEMU does not always end it in the same way.</summary>
    public bool Races { get; init; }

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ControlScript> All { get; } =
    [
        // Mostly the cancel cuts the stream between two bursts, as a killed source does (below); on a busy machine elsewhere.
        new("cancel while active", CancelWhileActiveAsync) { Races = true },
        new("cancel while active, return-path", CancelWhileActiveAsync)
        {
            Capabilities = [MigrationCapability.ReturnPath],
            Races = true,
        },
        new("cancel in pre-switchover", CancelInPreSwitchoverAsync)
        {
            Capabilities = [MigrationCapability.PauseBeforeSwitchover],
        },
        new("cancel in device", CancelInDeviceAsync)
        {
            Capabilities = [MigrationCapability.ReturnPath],

            // migrate_cancel shuts the return path down before it sets the status. When the thread that reads from
            // there is the faster one, the migration has failed with EIO.
            Races = true,
        },
        new("failed connect", FailToConnectAsync),
        new("destination dies", KillDestinationAsync),
        new("source dies", KillSourceAsync)
        {
            // Mostly it is killed between two bursts, which cuts the stream before a footer: EINVAL. Elsewhere it is EIO.
            Races = true,
        },
        new("pause-before-switchover", PauseAsync) { Capabilities = [MigrationCapability.PauseBeforeSwitchover] },
        new("pause-before-switchover, return-path", PauseAsync)
        {
            Capabilities = [MigrationCapability.PauseBeforeSwitchover, MigrationCapability.ReturnPath],
        },
        new("auto-converge", ConvergeAsync) { Capabilities = [MigrationCapability.AutoConverge] },
        new("bandwidth changed in flight", ChangeBandwidthAsync)
        {
            Capabilities = [MigrationCapability.ReturnPath],
        },
    ];

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static async Task BeginSlowlyAsync(ControlRun run)
    {
        await run.SetBandwidthAsync(Slow);
        await run.MigrateAsync();
        await run.Source.Events.WhenAsync(MigrationStatus.Active);
        await run.Destination.Events.WhenAsync(MigrationStatus.Active);
        await run.NoteAsync(run.Source);
        await run.NoteAsync(run.Destination);
    }

    private static async Task CancelWhileActiveAsync(ControlRun run)
    {
        await BeginSlowlyAsync(run);
        await run.Source.Migration.MigrateCancelAsync(new());
        await run.EndAsync();
    }

    private static async Task CancelInPreSwitchoverAsync(ControlRun run)
    {
        await run.MigrateAsync();
        await run.Source.Events.WhenAsync(MigrationStatus.PreSwitchover);
        await run.NoteAsync(run.Source);
        await run.Source.Migration.MigrateCancelAsync(new());
        await run.EndAsync();
    }

    private static async Task CancelInDeviceAsync(ControlRun run)
    {
        await run.MigrateAsync(new StreamStop.AfterSwitchoverStart());
        await run.Source.Events.WhenAsync(MigrationStatus.Device);
        await run.NoteAsync(run.Source);
        await run.Source.Migration.MigrateCancelAsync(new());
        await run.Source.Events.WhenEndedAsync();
        run.Cut(); // the proxy does not notice, since it has stopped
        await run.EndAsync();
    }

    private static async Task FailToConnectAsync(ControlRun run)
    {
        foreach (string uri in (string[])["unix:/nonexistent/socket", "tcp:127.0.0.1:1"])
        {
            int before = run.Source.Events.Seen.Count;
            await run.Source.Migration.MigrateAsync(new() { Uri = uri });
            await run.Source.Events.WhenEndedAsync(before);
            run.Note((await run.Source.QueryMigrateAsync()).ErrorDesc!);
        }

        // The destination is still there for another.
        await run.NoteAsync(run.Destination);
        await run.MigrateAsync();
        await run.EndAsync();
    }

    private static async Task KillDestinationAsync(ControlRun run)
    {
        await BeginSlowlyAsync(run);
        await run.Destination.KillAsync();
        await run.Source.Events.WhenEndedAsync();
    }

    private static async Task KillSourceAsync(ControlRun run)
    {
        await BeginSlowlyAsync(run);
        await run.Source.KillAsync();
        await run.Destination.Events.WhenEndedAsync();
    }

    private static async Task PauseAsync(ControlRun run)
    {
        await run.MigrateAsync();
        await run.Source.Events.WhenAsync(MigrationStatus.PreSwitchover);
        await run.NoteAsync(run.Source);
        await run.NoteAsync(run.Destination);
        await run.Source.Migration.MigrateContinueAsync(new() { State = MigrationStatus.PreSwitchover });
        await run.EndAsync();
    }

    private static async Task ConvergeAsync(ControlRun run)
    {
        await run.SetBandwidthAsync(Moderate);
        await run.MigrateAsync();
        await run.EndAsync();
    }

    private static async Task ChangeBandwidthAsync(ControlRun run)
    {
        await BeginSlowlyAsync(run);
        await run.SetBandwidthAsync(Fast);
        await run.EndAsync();
        long total = (await run.Source.QueryMigrateAsync()).TotalTime ?? long.MaxValue;
        run.Note(total < SlowMilliseconds / 2 ? "faster" : $"took {total} ms");
    }
}
