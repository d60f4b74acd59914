using Qmp.Api;
using Qmp.Protocol.Threading;
using Qmp.Types;

namespace Qmp.Client.Migration;

/// <summary>Follows a migration that has been started, by whomever, until it has ended. It changes nothing.</summary>
internal sealed class MigrationFollower(
    QmpConnection connection, IProgress<MigrationProgress>? progress, TimeSpan pollInterval, bool overPauses)
{
    private readonly TimeProvider _time = connection.Options.Time;
    private readonly PostcopyCourse _course = new();
    private MigrationStatus? _status;
    private ConvergenceTracker? _convergence;
    private long _low = long.MaxValue;
    private TimeSpan _lowAt;

    public async Task<MigrationResult> RunAsync(CancellationToken cancellationToken)
    {
        using EventSubscription events = connection.Subscribe(e => e.Is(MigrationEventDescriptors.Migration));
        while (true)
        {
            MigrationInfo info = await LookAsync(cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
            Note(info.Status);
            if (OutcomeOf(info.Status) is { } outcome) return _course.Result(outcome, info);
            await WaitAsync(events, cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
        }
    }

    private void Note(MigrationStatus? status)
    {
        if (status != MigrationStatus.PostcopyPaused) _course.Note(status);
        else if (_status != status) _course.Pause();
        _status = status;
    }

    private MigrationOutcome? OutcomeOf(MigrationStatus? status) => status switch
    {
        MigrationStatus.Completed => MigrationOutcome.Completed,
        MigrationStatus.Failed => MigrationOutcome.Failed,
        MigrationStatus.Cancelled => MigrationOutcome.Cancelled,
        MigrationStatus.PostcopyPaused when !overPauses => MigrationOutcome.PostcopyPaused,
        _ => null,
    };

    /// <exception cref="QmpUsageException">No migration was ever started.</exception>
    private async ValueTask<MigrationInfo> LookAsync(CancellationToken cancellationToken)
    {
        MigrationInfo info = await connection.QueryMigrateAsync(cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
        if (info.Status is null or MigrationStatus.None) throw new QmpUsageException("no migration is under way");
        _convergence ??= new ConvergenceTracker(null, await ThrottlesAsync(cancellationToken).ConfigureAwait(OrderedContext.IsCurrent));
        var elapsed = TimeSpan.FromMilliseconds(info.TotalTime ?? 0);
        if (info.Ram is { } ram && ram.Remaining < _low) (_low, _lowAt) = (ram.Remaining, elapsed);
        progress?.Report(new(info, elapsed, elapsed - _lowAt) { Convergence = _convergence.Observe(info, elapsed) });
        return info;
    }

    private async ValueTask<bool> ThrottlesAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<MigrationCapabilityStatus> all =
            await connection.QueryMigrateCapabilitiesAsync(cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
        return all.Any(c => c is { Capability: MigrationCapability.AutoConverge, State: true });
    }

    // For an event, or for the time to look again.
    private async ValueTask WaitAsync(EventSubscription events, CancellationToken cancellationToken)
    {
        using var tick = new CancellationTokenSource(pollInterval, _time);
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, tick.Token);
        try
        {
            if (!await events.WaitToReadAsync(wait.Token).ConfigureAwait(OrderedContext.IsCurrent))
            {
                QmpDisconnect end = await connection.Completion.ConfigureAwait(OrderedContext.IsCurrent);
                throw new QmpDisconnectedException(end, MigrationClientCommands.QueryMigrate.Name);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return;
        }

        while (events.TryRead(out _))
        {
            // One look is enough for all of them.
        }
    }
}
