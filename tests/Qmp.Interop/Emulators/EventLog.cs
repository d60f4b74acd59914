using Qmp.Api;
using Qmp.Client;
using Qmp.Types;

namespace Qmp.Interop.Emulators;

/// <summary>All events of one emulator, from its start on. For one caller at a time.</summary>
internal sealed class EventLog(EventSubscription subscription) : IDisposable
{
    /// <summary>Only ever reached by a failure.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private const string Paused = "MIGRATION postcopy-paused";

    private readonly List<QmpEvent> _seen = [];

    /// <summary>The events so far.</summary>
    public IReadOnlyList<QmpEvent> Seen
    {
        get
        {
            while (subscription.TryRead(out QmpEvent? value)) _seen.Add(value);
            return _seen;
        }
    }

    /// <summary>The events so far as texts: <c>STOP</c>, <c>MIGRATION active</c>, <c>MIGRATION_PASS 2</c>.</summary>
    public IEnumerable<string> Texts => Seen.Select(TextOf);

    /// <summary>The status that the latest event of a migration tells of.</summary>
    public MigrationStatus? LastStatus => Seen.LastOrDefault(e => e.Name == "MIGRATION") is { } last
        ? last.Read(MigrationEventDescriptors.Migration).Status
        : null;

    /// <summary>The first event of such a text, past or to come.</summary>
    public Task<QmpEvent> WhenAsync(string text) => WhenAsync(text, e => TextOf(e) == text);

    /// <summary>The first event of such a text behind so many events, past or to come.</summary>
    public Task<QmpEvent> WhenAsync(string text, int from) => WhenAsync(text, e => TextOf(e) == text, from);

    /// <summary>The first change of the migration to that status, past or to come.</summary>
    public Task<QmpEvent> WhenAsync(MigrationStatus status) => WhenAsync($"MIGRATION {status.ToWireName()}");

    /// <summary>The event that ends a migration, past or to come.</summary>
    /// <param name="from">How many events came before that migration.</param>
    public Task<QmpEvent> WhenEndedAsync(int from = 0) =>
        WhenAsync("the end of the migration", e => IsEnd(TextOf(e)), from);

    /// <summary>
    /// Whether an event ends or pauses a migration within a time, or has done so; not if the emulator leaves instead.
    /// </summary>
    /// <param name="time">How long it may take.</param>
    /// <param name="from">How many events do not count.</param>
    public async Task<bool> EndsWithinAsync(TimeSpan time, int from = 0)
    {
        try
        {
            await WhenAsync(
                "the end of the migration", e => TextOf(e) is var text && (IsEnd(text) || text == Paused), from, time).ConfigureAwait(false);
            return true;
        }
        catch (InteropException)
        {
            return false;
        }
    }

    /// <summary>Whether an event of such a text ends a migration.</summary>
    public static bool IsEnd(string text) =>
        text is "MIGRATION completed" or "MIGRATION failed" or "MIGRATION cancelled";

    public void Dispose() => subscription.Dispose();

    private static string TextOf(QmpEvent value) => value.Name switch
    {
        "MIGRATION" => $"MIGRATION {value.Read(MigrationEventDescriptors.Migration).Status.ToWireName()}",
        "MIGRATION_PASS" => $"MIGRATION_PASS {value.Read(MigrationEventDescriptors.MigrationPass).Pass}",
        _ => value.Name,
    };

    private async Task<QmpEvent> WhenAsync(string what, Func<QmpEvent, bool> isAwaited, int from = 0, TimeSpan? patience = null)
    {
        using var limit = new CancellationTokenSource(patience ?? Patience);
        try
        {
            for (int next = from; ; next++)
            {
                if (next == Seen.Count) _seen.Add(await subscription.ReadAsync(limit.Token).ConfigureAwait(false));
                if (isAwaited(_seen[next])) return _seen[next];
            }
        }
        catch (Exception e) when (e is OperationCanceledException or QmpDisconnectedException)
        {
            throw new InteropException($"{what} did not come ({e.Message}); there were: {string.Join(", ", Texts)}");
        }
    }
}
