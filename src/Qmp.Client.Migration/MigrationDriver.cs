using System.Runtime.ExceptionServices;
using Qmp.Api;
using Qmp.Protocol.Threading;
using Qmp.Types;

namespace Qmp.Client.Migration;

/// <summary>Carries out one outgoing migration over a connection to its source.</summary>
/// <remarks>
/// It follows <c>MIGRATION</c> events, or asks where the plan has them switched off, and takes part in the switchover
/// if the plan wants that. Other users of the connection, or of the machine, may look on and cancel. For one run.
/// </remarks>
public sealed class MigrationDriver
{
    private readonly QmpConnection _connection;
    private readonly MigrationClient _client;
    private readonly MigrationPlan _plan;
    private readonly TimeProvider _time;
    private readonly bool _usesEvents;
    private readonly ConvergenceTracker _convergence;
    private long _startedAt;
    private long _newLowAt;
    private long _low = long.MaxValue;
    private bool _accepted;
    private bool _sawSetup;
    private bool _continued;

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
        _convergence = new ConvergenceTracker(
            plan.Parameters?.DowntimeLimit is { } limit ? TimeSpan.FromMilliseconds(limit) : null,
            plan.Capabilities.GetValueOrDefault(MigrationCapability.AutoConverge));
    }

    /// <summary>Migrates.</summary>
    /// <param name="cancellationToken">
    /// Cancels the migration and waits until it has ended; if it completes all the same, that is the result.
    /// </param>
    /// <returns>How it ended.</returns>
    /// <exception cref="QmpCommandException">The server refused capabilities, parameters or the start.</exception>
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
            e => _usesEvents && e.Is(MigrationEventDescriptors.Migration));
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
            if (_accepted && last?.Status == MigrationStatus.Completed) return Result(MigrationOutcome.Completed, last);
            throw;
        }
        catch (CallbackException e)
        {
            await CancelAsync().ConfigureAwait(OrderedContext.IsCurrent);
            ExceptionDispatchInfo.Throw(e.InnerException!);
            throw;
        }
    }

    private static MigrationResult Result(MigrationOutcome outcome, MigrationInfo? info) =>
        new(outcome, info?.ErrorDesc, info);

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
        MigrationCapabilityStatus[] changes =
            [.. capabilities.Select(c => new MigrationCapabilityStatus { Capability = c.Key, State = c.Value })];
        await _client.MigrateSetCapabilitiesAsync(new() { Capabilities = changes }, cancellationToken)
            .ConfigureAwait(OrderedContext.IsCurrent);
        if (_plan.Parameters is not { } parameters) return;
        await _client.MigrateSetParametersAsync(parameters, cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
    }

    private async Task<MigrationResult> FollowAsync(EventSubscription events, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (!await WaitAsync(events, cancellationToken).ConfigureAwait(OrderedContext.IsCurrent))
            {
                if (await AskAndReportAsync(cancellationToken).ConfigureAwait(OrderedContext.IsCurrent) is not { } info) continue;
                if (await ActAsync(info.Status, info, cancellationToken).ConfigureAwait(OrderedContext.IsCurrent) is { } end) return end;
            }

            while (events.TryRead(out QmpEvent? value))
            {
                MigrationStatus status = StatusOf(value);
                // What comes before is the end of an earlier migration.
                _sawSetup |= status == MigrationStatus.Setup || value.LostBefore > 0;
                if (!_sawSetup) continue;
                MigrationInfo? info = null;
                if (_plan.Progress is not null && !IsEnd(status))
                {
                    info = await AskAndReportAsync(cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
                }

                if (await ActAsync(status, info, cancellationToken).ConfigureAwait(OrderedContext.IsCurrent) is { } end) return end;
            }
        }
    }

    /// <summary>Waits for an event or for the time to ask.</summary>
    /// <returns>Whether it was an event.</returns>
    private async ValueTask<bool> WaitAsync(EventSubscription events, CancellationToken cancellationToken)
    {
        TimeSpan interval = _usesEvents && _plan.Progress is null ? Timeout.InfiniteTimeSpan : _plan.PollInterval;
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
        MigrationStatus? status, MigrationInfo? info, CancellationToken cancellationToken)
    {
        switch (status)
        {
            case MigrationStatus.Completed:
                return await EndAsync(MigrationOutcome.Completed, cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
            case MigrationStatus.Failed:
                return await EndAsync(MigrationOutcome.Failed, cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
            case MigrationStatus.Cancelled:
                return await EndAsync(MigrationOutcome.Cancelled, cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
            case MigrationStatus.PostcopyPaused:
                return await EndAsync(MigrationOutcome.PostcopyPaused, cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
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
            return Result(outcome, await AskAndReportAsync(cancellationToken).ConfigureAwait(OrderedContext.IsCurrent));
        }
        catch (QmpDisconnectedException)
        {
            // Whoever watches the source may end it the moment it has completed; how it went is known.
            return Result(outcome, null);
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
                throw new CallbackException(e);
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

        long now = _time.GetTimestamp();
        if (info.Ram is { } ram && ram.Remaining < _low)
        {
            _low = ram.Remaining;
            _newLowAt = now;
        }

        TimeSpan elapsed = _time.GetElapsedTime(_startedAt, now);
        _plan.Progress?.Report(new(info, elapsed, _time.GetElapsedTime(_newLowAt, now))
        {
            Convergence = _convergence.Observe(info, elapsed),
        });
        return info;
    }

    /// <summary>Cancels and waits until the source says that it is over.</summary>
    /// <returns>What it said last, if it did.</returns>
    private async Task<MigrationInfo?> CancelAsync()
    {
        using var limit = new CancellationTokenSource(_plan.CancelTimeout, _time);
        try
        {
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

    /// <summary>Tells a failure of the caller's own code from everything else.</summary>
    private sealed class CallbackException(Exception inner) : Exception(inner.Message, inner);
}
