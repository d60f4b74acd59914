using System.Runtime.ExceptionServices;
using Qmp.Api;
using Qmp.Protocol.Threading;
using Qmp.Types;

namespace Qmp.Client.Migration;

/// <summary>Carries out one outgoing migration over a connection to its source.</summary>
/// <remarks>
/// It follows <c>MIGRATION</c> events, or asks where the plan has them switched off, and takes part in the switchover,
/// starts postcopy and recovers it if the plan wants that. Other users of the connection, or of the machine, may look
/// on, cancel and recover. For one run.
/// </remarks>
public sealed class MigrationDriver
{
    private readonly QmpConnection _connection;
    private readonly MigrationClient _client;
    private readonly MigrationPlan _plan;
    private readonly TimeProvider _time;
    private readonly bool _usesEvents;
    private readonly ConvergenceTracker _convergence;
    private readonly PostcopyCourse _course = new();
    private long _startedAt;
    private long _newLowAt;
    private long _low = long.MaxValue;
    private bool _accepted;
    private bool _sawSetup;
    private bool _continued;
    private bool _mayStartPostcopy;

    /// <summary>A driver for one migration.</summary>
    public MigrationDriver(QmpConnection connection, MigrationPlan plan)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(plan);
        _connection = connection;
        _client = new MigrationClient(connection);
        _plan = plan;
        _time = connection.Options.Time;
        _usesEvents = plan.Capabilities.GetValueOrDefault(MigrationCapability.Events, true);
        _mayStartPostcopy = plan.StartPostcopyWhen is not null;
        _convergence = new ConvergenceTracker(
            plan.Parameters?.DowntimeLimit is { } limit ? TimeSpan.FromMilliseconds(limit) : null,
            plan.Capabilities.GetValueOrDefault(MigrationCapability.AutoConverge));
    }

    /// <summary>Migrates.</summary>
    /// <param name="cancellationToken">
    /// Cancels the migration and waits until it has ended; if it completes all the same, that is the result.
    /// </param>
    /// <returns>How it ended.</returns>
    /// <exception cref="QmpCommandException">
    /// The server refused capabilities, parameters or the start; or to start postcopy, and the migration was cancelled;
    /// or to resume it, and it stays paused.
    /// </exception>
    /// <exception cref="QmpDisconnectedException">
    /// The connection to the source ended; whether the guest runs there or at the destination is unknown.
    /// </exception>
    /// <exception cref="OperationCanceledException">
    /// The migration was cancelled. Where cancelling was not possible (postcopy, or no answer in time), the migration
    /// may still be under way.
    /// </exception>
    public async Task<MigrationResult> RunAsync(CancellationToken cancellationToken = default)
    {
        // Without events there is nothing to read here but the end of the connection.
        using EventSubscription events = _connection.Subscribe(
            e => _usesEvents && (e.Is(MigrationEventDescriptors.Migration)
                || (_mayStartPostcopy && e.Is(MigrationEventDescriptors.MigrationPass))));
        await PrepareAsync(cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
        _startedAt = _newLowAt = _time.GetTimestamp();
        try
        {
            await _client.MigrateAsync(new() { Uri = _plan.Uri, Channels = _plan.Channels }, cancellationToken)
                .ConfigureAwait(OrderedContext.IsCurrent);
            _accepted = true;
            return await FollowAsync(events, cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            MigrationInfo? last = await CancelAsync().ConfigureAwait(OrderedContext.IsCurrent);
            if (_accepted && last?.Status == MigrationStatus.Completed) return _course.Result(MigrationOutcome.Completed, last);
            throw;
        }
        catch (AbandonedException e)
        {
            await CancelAsync().ConfigureAwait(OrderedContext.IsCurrent);
            ExceptionDispatchInfo.Throw(e.InnerException!);
            throw;
        }
    }

    private static bool IsEnd(MigrationStatus status) => status is MigrationStatus.Completed or MigrationStatus.Failed
        or MigrationStatus.Cancelled or MigrationStatus.PostcopyPaused;

    private static MigrationStatus StatusOf(QmpEvent value)
    {
        try
        {
            return value.Read(MigrationEventDescriptors.Migration).Status;
        }
        catch (QmpProtocolException)
        {
            // Not of the schema's shape: as good as a status that is not known.
            return MigrationStatus.Unrecognized;
        }
    }

    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        var capabilities = new Dictionary<MigrationCapability, bool>(_plan.Capabilities);
        capabilities.TryAdd(MigrationCapability.Events, true);
        if (_plan.BeforeSwitchover is not null) capabilities.TryAdd(MigrationCapability.PauseBeforeSwitchover, true);
        if (_plan.StartPostcopyWhen is not null) capabilities.TryAdd(MigrationCapability.PostcopyRam, true);
        MigrationCapabilityStatus[] changes =
            [.. capabilities.Select(c => new MigrationCapabilityStatus { Capability = c.Key, State = c.Value })];
        await _client.MigrateSetCapabilitiesAsync(new() { Capabilities = changes }, cancellationToken)
            .ConfigureAwait(OrderedContext.IsCurrent);
        if (_plan.Parameters is not { } parameters) return;
        await _client.MigrateSetParametersAsync(parameters, cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
    }

    private async Task<MigrationResult> FollowAsync(EventSubscription events, CancellationToken cancellationToken)
    {
        // Postcopy may be wanted at once.
        bool asks = _mayStartPostcopy;
        while (true)
        {
            asks = asks || !await WaitAsync(events, cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
            if (asks && await AskAndReportAsync(cancellationToken).ConfigureAwait(OrderedContext.IsCurrent) is { } now
                && await ActAsync(now.Status, now, events, cancellationToken).ConfigureAwait(OrderedContext.IsCurrent) is { } result)
            {
                return result;
            }

            asks = false;
            while (events.TryRead(out QmpEvent? value))
            {
                if (!value.Is(MigrationEventDescriptors.Migration))
                {
                    // Once is enough for all passes that have begun.
                    asks = _mayStartPostcopy;
                    continue;
                }

                MigrationStatus status = StatusOf(value);
                // What comes before is the end of an earlier migration.
                _sawSetup |= status == MigrationStatus.Setup || value.LostBefore > 0;
                if (!_sawSetup) continue;
                MigrationInfo? info = null;
                if ((_plan.Progress is not null || _mayStartPostcopy) && !IsEnd(status))
                {
                    info = await AskAndReportAsync(cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
                }

                if (await ActAsync(status, info, events, cancellationToken).ConfigureAwait(OrderedContext.IsCurrent) is { } end) return end;
            }
        }
    }

    /// <summary>Waits for an event or for the time to ask.</summary>
    /// <returns>Whether it was an event.</returns>
    private async ValueTask<bool> WaitAsync(EventSubscription events, CancellationToken cancellationToken)
    {
        bool waitsForEvents = _usesEvents && _plan.Progress is null && !_mayStartPostcopy;
        TimeSpan interval = waitsForEvents ? Timeout.InfiniteTimeSpan : _plan.PollInterval;
        using var tick = new CancellationTokenSource(interval, _time);
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, tick.Token);
        try
        {
            if (await events.WaitToReadAsync(wait.Token).ConfigureAwait(OrderedContext.IsCurrent)) return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }

        QmpDisconnect end = await _connection.Completion.ConfigureAwait(OrderedContext.IsCurrent);
        throw new QmpDisconnectedException(end, MigrationClientCommands.Migrate.Name, wasSent: true);
    }

    private async ValueTask<MigrationResult?> ActAsync(
        MigrationStatus? status, MigrationInfo? info, EventSubscription events, CancellationToken cancellationToken)
    {
        _course.Note(status);
        switch (status)
        {
            case MigrationStatus.Completed:
                return await EndAsync(MigrationOutcome.Completed, cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
            case MigrationStatus.Failed:
                return await EndAsync(MigrationOutcome.Failed, cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
            case MigrationStatus.Cancelled:
                return await EndAsync(MigrationOutcome.Cancelled, cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
            case MigrationStatus.PostcopyPaused:
                return await RecoverAsync(events, cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
            case MigrationStatus.PreSwitchover when !_continued:
                _continued = true;
                await SwitchOverAsync(info, cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
                return null;
            default:
                return null;
        }
    }

    private async ValueTask<MigrationResult> EndAsync(MigrationOutcome outcome, CancellationToken cancellationToken)
    {
        try
        {
            return _course.Result(outcome, await AskAndReportAsync(cancellationToken).ConfigureAwait(OrderedContext.IsCurrent));
        }
        catch (QmpDisconnectedException)
        {
            // Whoever watches the source may end it the moment it has completed; how it went is known.
            return _course.Result(outcome, null);
        }
    }

    private async ValueTask SwitchOverAsync(MigrationInfo? info, CancellationToken cancellationToken)
    {
        if (_plan.BeforeSwitchover is { } callback)
        {
            info ??= await _client.QueryMigrateAsync(new(), cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
            try
            {
                await callback(info, cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
            }
            catch (Exception e) when (
                e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                throw new AbandonedException(e);
            }
        }

        try
        {
            await _client.MigrateContinueAsync(new() { State = MigrationStatus.PreSwitchover }, cancellationToken)
                .ConfigureAwait(OrderedContext.IsCurrent);
        }
        catch (QmpCommandException)
        {
            // Another client was faster: it has cancelled the migration, or continued it.
            MigrationInfo now = await _client.QueryMigrateAsync(new(), cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
            if (now.Status == MigrationStatus.PreSwitchover) throw;
        }
    }

    /// <summary>Has a paused postcopy go on, if the caller wants that.</summary>
    /// <returns>How it ended, if it does not go on.</returns>
    private async ValueTask<MigrationResult?> RecoverAsync(EventSubscription events, CancellationToken cancellationToken)
    {
        if (_plan.Recover is not { } callback)
        {
            _course.Pause();
            return await EndAsync(MigrationOutcome.PostcopyPaused, cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
        }

        // What is unread is older than the answer, and may tell of pauses that are over.
        while (events.TryRead(out QmpEvent? value))
        {
            if (value.Is(MigrationEventDescriptors.Migration)) _course.Note(StatusOf(value));
        }

        MigrationInfo info = await _client.QueryMigrateAsync(new(), cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
        Report(info);
        if (info.Status != MigrationStatus.PostcopyPaused)
        {
            return await ActAsync(info.Status, info, events, cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
        }

        _course.Pause();
        string? uri;
        try
        {
            uri = await callback(new(_course.Pauses, info), cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            throw new AbandonedException(e);
        }

        return uri is null
            ? await EndAsync(MigrationOutcome.PostcopyPaused, cancellationToken).ConfigureAwait(OrderedContext.IsCurrent)
            : await ResumeAsync(uri, events, cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
    }

    private async ValueTask<MigrationResult?> ResumeAsync(
        string uri, EventSubscription events, CancellationToken cancellationToken)
    {
        while (events.TryRead(out _))
        {
            // If the source is paused still, none of it matters; if not, it refuses.
        }

        try
        {
            await _client.MigrateAsync(new() { Uri = uri, Resume = true }, cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
            return null;
        }
        catch (QmpCommandException)
        {
            // Another client was faster.
            MigrationInfo now = await _client.QueryMigrateAsync(new(), cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
            if (now.Status == MigrationStatus.PostcopyPaused) throw;
            return await ActAsync(now.Status, now, events, cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
        }
    }

    /// <summary>Asks for the state and reports it.</summary>
    /// <returns>
    /// The state, or <see langword="null"/> if there was no answer in time: a busy source is not a failure.
    /// </returns>
    private async ValueTask<MigrationInfo?> AskAndReportAsync(CancellationToken cancellationToken)
    {
        MigrationInfo info;
        try
        {
            info = await _client.QueryMigrateAsync(new(), cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
        }
        catch (QmpTimeoutException)
        {
            return null;
        }

        await StartPostcopyAsync(Report(info), cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
        return info;
    }

    private MigrationProgress Report(MigrationInfo info)
    {
        long now = _time.GetTimestamp();
        if (info.Ram is { } ram && ram.Remaining < _low)
        {
            _low = ram.Remaining;
            _newLowAt = now;
        }

        TimeSpan elapsed = _time.GetElapsedTime(_startedAt, now);
        var progress = new MigrationProgress(info, elapsed, _time.GetElapsedTime(_newLowAt, now))
        {
            Convergence = _convergence.Observe(info, elapsed),
        };
        _plan.Progress?.Report(progress);
        return progress;
    }

    /// <summary>Has the guest go ahead, if the caller wants that by now.</summary>
    private async ValueTask StartPostcopyAsync(MigrationProgress progress, CancellationToken cancellationToken)
    {
        if (!_mayStartPostcopy || progress.Status is not (MigrationStatus.Setup or MigrationStatus.Active)) return;
        try
        {
            if (!_plan.StartPostcopyWhen!(progress)) return;
        }
        catch (Exception e)
        {
            throw new AbandonedException(e);
        }

        _mayStartPostcopy = false;
        try
        {
            await _client.MigrateStartPostcopyAsync(new(), cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
        }
        catch (QmpCommandException e)
        {
            throw new AbandonedException(e);
        }
    }

    /// <summary>Cancels and waits until the source says that it is over.</summary>
    /// <returns>What it said last, if it did.</returns>
    private async Task<MigrationInfo?> CancelAsync()
    {
        using var limit = new CancellationTokenSource(_plan.CancelTimeout, _time);
        try
        {
            // From there it does not come back. Older releases would try, and the guest would be lost.
            if (_course.WentAhead) return await _client.QueryMigrateAsync(new(), limit.Token).ConfigureAwait(OrderedContext.IsCurrent);
            await _client.MigrateCancelAsync(new(), limit.Token).ConfigureAwait(OrderedContext.IsCurrent);
            while (true)
            {
                MigrationInfo info = await _client.QueryMigrateAsync(new(), limit.Token).ConfigureAwait(OrderedContext.IsCurrent);
                if (info.Status is null or MigrationStatus.None || IsEnd(info.Status.Value)) return info;
                await Task.Delay(_plan.PollInterval, _time, limit.Token).ConfigureAwait(OrderedContext.IsCurrent);
            }
        }
        catch (Exception e) when (e is QmpException or OperationCanceledException)
        {
            // The caller has given up; that it could not be done properly does not change what it is told.
            return null;
        }
    }

    /// <summary>Tells failures with which the driver gives up, mostly of the caller's own code, from all others.</summary>
    private sealed class AbandonedException(Exception inner) : Exception(inner.Message, inner);
}
