using Qmp.Machine;
using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Migration.Faults;
using Qmp.Migration.Options;
using Qmp.Migration.SaveState;
using Qmp.Migration.Status;
using Qmp.Migration.Stream;
using Qmp.Migration.Switchover;
using Qmp.Migration.Throttling;
using Qmp.Types;
using Serilog;

namespace Qmp.Migration.Source;

/// <summary>One attempt to send this machine elsewhere: the source's side, from <c>migrate</c> to its end.</summary>
/// <remarks>
/// <para>One activity, <c>mig/src/main</c>, connects, sends and finishes. Commands reach it through
/// <see cref="Cancel"/> and <see cref="Continue"/> only; everything else they do is look.</para>
/// <para>The guest is stopped, handed over or started again with the machine's loop held; nothing else holds it, so
/// that monitors answer during the switchover.</para>
/// </remarks>
public sealed class OutgoingMigration
{
    private const string ChannelError = "Channel error: Input/output error";

    /// <summary>How many milliseconds the return path has to end after the connection broke.</summary>
    private const long LastWordTime = 250;

    private readonly VirtualMachine _machine;
    private readonly SaveStateEntries _entries;
    private readonly MigrationOptions _options;
    private readonly IMigrationTransport _transport;
    private readonly IMigrationEvents _events;
    private readonly ILogger _logger;
    private readonly Waker _waker;
    private readonly OutgoingTimes _times = new();
    private readonly GuestHandover _handover;
    private readonly SourceFaults _faults;
    private readonly CancellationTokenSource _connecting = new();
    private readonly Lock _gate = new(); // guards _channel against a cancel while connecting
    private IMigrationChannel? _channel;
    private SourceContext? _context;
    private OutgoingStream? _stream;
    private ReturnPathActivity? _returnPath;
    private RefusalWatch? _refusal;
    private AutoConverge? _converge;
    private string? _error;
    private volatile bool _mayContinue;
    private volatile bool _abandoned;
    private volatile bool _isFinishing;

    internal OutgoingMigration(
        VirtualMachine machine,
        SaveStateEntries entries,
        MigrationOptions options,
        IMigrationTransport transport,
        FaultPoints faults,
        IMigrationEvents events,
        ILogger logger)
    {
        _machine = machine;
        _entries = entries;
        _options = options;
        _transport = transport;
        _events = events;
        _logger = logger;
        _waker = machine.Timeline.CreateWaker();
        _handover = new GuestHandover(machine);
        _faults = new SourceFaults(faults, machine.Timeline);
        Limiter = new RateLimiter(() => options.Parameters.MaxBandwidth ?? 0);
        Gate = new SwitchoverGate(options.Has(MigrationCapability.SwitchoverAck));
        State = new MigrationState(Announce, logger);
    }

    /// <summary>The status.</summary>
    public MigrationState State { get; }

    /// <summary>What went wrong, in QEMU's words; the first thing that did.</summary>
    public string? Error => Volatile.Read(ref _error);

    /// <summary>The counters.</summary>
    public MigrationStatistics Statistics { get; } = new();

    /// <summary>Bytes of device state sent; <see langword="null"/> if no device counts them.</summary>
    public long? DeviceStateBytes => _stream?.DeviceStateBytes;

    /// <summary>The activity that sends, once it runs.</summary>
    public Activity? Activity { get; private set; }

    internal OutgoingTimes Times => _times;

    internal BandwidthEstimator Bandwidth { get; } = new();

    internal RateLimiter Limiter { get; }

    internal SwitchoverGate Gate { get; }

    private long Now => _machine.Timeline.NowMilliseconds;

    /// <summary>Begins. Returns when the migration is under way.</summary>
    /// <exception cref="ChannelException">A file, command or descriptor could not be opened.</exception>
    internal void Start(MigrationAddress address)
    {
        _times.Started(Now);
        Bandwidth.Start(Now, Statistics, _options.Parameters.DowntimeLimit ?? 0);
        State.Move(MigrationStatus.None, MigrationStatus.Setup);
        IMigrationChannel? opened;
        try
        {
            opened = _transport.Open(address, _events.Warning);
        }
        catch (Exception e)
        {
            string reason = ReasonOf(e);
            Fail(reason, MigrationStatus.Setup);
            throw new ChannelException(reason);
        }

        try
        {
            Activity = _machine.Timeline.Start("mig/src/main", () => RunAsync(address, opened));
        }
        catch (Exception e)
        {
            // There is no thread to be had, mostly for want of descriptors. QEMU keeps threads in reserve; its failure
            // to connect is then the answer, and comes after the command's.
            opened?.Dispose();
            Fail(FailureToConnect(address) ?? $"The migration could not be started: {e.Message}", MigrationStatus.Setup);
            ReportError();
        }
    }

    /// <summary>Ends the migration as soon as possible; the guest runs on. Asking again is announced again.</summary>
    internal void Cancel()
    {
        lock (_gate)
        {
            if (State.TryMoveFromAny(MigrationStatus.Cancelling) is null) return;

            // Still connecting: there is nothing to be wound up.
            if (_channel is null) State.Move(MigrationStatus.Cancelling, MigrationStatus.Cancelled);
            else _channel.Shutdown();
        }

        _connecting.Cancel();
        _waker.Wake();
    }

    /// <summary>Cancels it because the machine ends, which does not wait until it is wound up.</summary>
    /// <remarks>All that is left of one that waits for its command to end is that wait, and QEMU waits, too.</remarks>
    internal void Abandon()
    {
        if (_isFinishing) return;
        _abandoned = true;
        Cancel();
    }

    /// <summary>Cuts the connection; the migration fails for that reason.</summary>
    internal void Yank()
    {
        lock (_gate) _channel?.Shutdown();
    }

    /// <summary>Ends the pause before the switchover.</summary>
    internal void Continue()
    {
        _mayContinue = true;
        _waker.Wake();
    }

    private async ValueTask RunAsync(MigrationAddress address, IMigrationChannel? opened)
    {
        IMigrationChannel channel;
        try
        {
            await AtAsync(FaultPoint.Connect);
            channel = opened ?? await _transport.ConnectAsync(address, _connecting.Token);
        }
        catch (Exception e)
        {
            opened?.Dispose();
            Fail(ReasonOf(e), State.Current);
            ReportError();
            return;
        }

        lock (_gate)
        {
            if (State.Current != MigrationStatus.Setup)
            {
                channel.Dispose(); // cancelled while connecting
                return;
            }

            _channel = channel;
        }

        _faults.Connected(channel);
        try
        {
            await AtAsync(FaultPoint.ConnectDone);

            // No credentials can be made here, so none that are asked for exist.
            if (_options.Parameters.TlsCreds is { Length: > 0 } credentials)
            {
                throw new MigrationException($"No TLS credentials with id '{credentials}'");
            }

            await SetUpAsync(channel);
            if (State.Current == MigrationStatus.Active) await IterateAsync();
        }
        catch (Exception e)
        {
            string reason = ReasonOf(e);
            if (e is ChannelException or MigrationException) reason = await ReadLastWordAsync() ?? reason;
            Fail(reason, State.Current);
        }

        await FinishAsync(channel);
    }

    // A mistake of ours, or a want of memory or descriptors, must not leave the guest stopped or the status as it was.
    private string ReasonOf(Exception e)
    {
        if (e is ChannelException or MigrationException or FaultException) return e.Message;
        _logger.Error(e, "migration failed");
        return $"Internal error: {e.Message}";
    }

    // Why a connection could not be made here and now, without waiting for one.
    private string? FailureToConnect(MigrationAddress address)
    {
        try
        {
            ValueTask<IMigrationChannel> connecting = _transport.ConnectAsync(address, new CancellationToken(canceled: true));
            if (connecting.IsCompletedSuccessfully) connecting.Result.Dispose();
            else if (connecting.IsCompleted) connecting.GetAwaiter().GetResult();
            return null;
        }
        catch (ChannelException e)
        {
            return e.Message;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    // What the return path said last tells more than a broken connection does. Whoever cuts one cuts it both ways, so
    // the return path ends too, or nothing is to be expected from it.
    private async ValueTask<string?> ReadLastWordAsync()
    {
        if (_returnPath is null) return null;
        long end = Now + LastWordTime;
        while (!_returnPath.IsEnded && State.Current != MigrationStatus.Cancelling && end - Now is var left and > 0)
        {
            await _waker.WaitAsync(TimeSpan.FromMilliseconds(left));
        }

        return _returnPath.Error;
    }

    private async ValueTask SetUpAsync(IMigrationChannel channel)
    {
        long start = Now;
        _refusal = new RefusalWatch(_machine.Timeline, channel);
        await _refusal.BeforeSendingAsync();
        _converge = new AutoConverge(_machine, _options);
        _context = new SourceContext(
            _machine, _options, new MigrationWriter(channel), Statistics, Limiter, _converge, _faults.Site, _events);
        _stream = new OutgoingStream(_context, _entries, _machine, _options, _logger);
        _faults.Context = _context;
        if (_options.Has(MigrationCapability.ReturnPath) || _options.Has(MigrationCapability.DirtyBitmaps))
        {
            _returnPath = new ReturnPathActivity(_machine.Timeline, channel, _faults.Site, Gate, _waker, _logger);
            _faults.ReturnPath = _returnPath;
        }

        string? failure = null;
        try
        {
            await _stream.BeginAsync(withReturnPath: _returnPath is not null);
        }
        catch (Exception e) when (e is ChannelException or MigrationException)
        {
            failure = e.Message;
        }

        // A setup that failed is active for a moment, as in QEMU.
        State.TryMove(MigrationStatus.Setup, MigrationStatus.Active);
        if (failure is not null) throw new MigrationException(failure);
        _times.SetUp(Now - start);
    }

    private async ValueTask IterateAsync()
    {
        Bandwidth.Start(Now, Statistics, _options.Parameters.DowntimeLimit ?? 0);
        while (State.Current == MigrationStatus.Active)
        {
            if (!Limiter.Exceeded(Statistics.Transferred) && await TurnAsync()) return;
            if (Now >= _converge!.NextTick && _converge.Tick(Statistics.DirtySyncCount))
            {
                await _stream!.PendingExactAsync();
            }

            await KeepToRateAsync();
        }
    }

    // One turn: complete if what is left fits into the downtime limit, else send some more. True when completed.
    private async ValueTask<bool> TurnAsync()
    {
        ulong threshold = Bandwidth.ThresholdSize;
        PendingState pending = _stream!.PendingEstimate;
        bool measured = pending.Total < threshold;
        if (measured) pending = await _stream.PendingExactAsync();
        bool ready = pending.Total == 0 || pending.Total < threshold;
        if (ready)
        {
            await AtAsync(FaultPoint.Gate);
            if (Gate.IsOpen(_machine.IsRunning))
            {
                await AtAsync(FaultPoint.GateDone);
                await CompleteAsync();
                return true;
            }

            Gate.Wait(Now);
        }
        else
        {
            Gate.StopWaiting();
        }

        bool sends = _stream.HasSomethingToSend;
        if (sends) await _stream.IterateAsync();
        if (ready || (measured && !sends)) await WaitAsync();
        return false;
    }

    // Nothing keeps the guest from being stopped but the gate, or state that can only be sent when it is: do not spin.
    // An ack, a cancel or a lost return path wakes us.
    private async ValueTask WaitAsync()
    {
        await _stream!.FlushAsync(); // the ack may hang on what has been gathered
        Bandwidth.Idle();
        await _waker.WaitAsync(SyncInterval);
        if (Gate.WaitingSince is not null && _returnPath is { IsEnded: true } ended)
        {
            throw new MigrationException(ended.Error ?? ReturnPathActivity.EndedWithoutAck);
        }
    }

    /// <summary>How long is waited between two exact syncs that led to nothing: at most 100 syncs a second.</summary>
    private static TimeSpan SyncInterval => TimeSpan.FromMilliseconds(10);

    private async ValueTask KeepToRateAsync()
    {
        long now = Now;
        MigrationParameters parameters = _options.Parameters;
        if (Bandwidth.Update(
            now, Statistics, parameters.AvailSwitchoverBandwidth ?? 0, parameters.DowntimeLimit ?? 0))
        {
            Limiter.NextWindow(Statistics.Transferred);
        }

        if (!Limiter.Exceeded(Statistics.Transferred)) return;
        long until = Math.Min(Bandwidth.WindowEnd, _converge!.NextTick);
        await _waker.WaitAsync(TimeSpan.FromMilliseconds(Math.Max(1, until - now)));
    }

    private async ValueTask CompleteAsync()
    {
        await AtAsync(FaultPoint.Stop);
        try
        {
            await _refusal!.BeforeStoppingAsync();
        }
        catch (ChannelException)
        {
            _stream!.ReportFailure(); // QEMU would still be sending
            throw;
        }

        // A destination that cannot be heard is not given the guest.
        if (_returnPath?.Error is { } lost) throw new MigrationException(lost);
        using (await _machine.Loop.EnterAsync())
        {
            _times.Stopped(Now);
            _entries.GlobalState.Store();
            await _handover.BeginAsync();
        }

        await AtAsync(FaultPoint.StopDone);
        if (!await PassPreSwitchoverAsync()) return;
        Limiter.Lift();
        await _stream!.CompleteAsync();
        _handover.AllSent = true;
        await AtAsync(FaultPoint.EndDone);
        await AtAsync(FaultPoint.Shut);
        if (_returnPath is not null)
        {
            await _returnPath.JoinAsync();
            if (_returnPath.Error is { } error) throw new MigrationException(error);
        }

        await AtAsync(FaultPoint.ShutDone);
        await AtAsync(FaultPoint.Completion);
        _times.Completed(Now);
        Bandwidth.Finish(Statistics.Transferred, _times.TransferTime);
        _isFinishing = true;
        await _channel!.FinishAsync();
        if (State.TryMove(MigrationStatus.Device, MigrationStatus.Completed)) await AtAsync(FaultPoint.CompletionDone);
    }

    // False when cancelled.
    private async ValueTask<bool> PassPreSwitchoverAsync()
    {
        if (!_options.Has(MigrationCapability.PauseBeforeSwitchover))
        {
            return State.TryMove(MigrationStatus.Active, MigrationStatus.Device);
        }

        await AtAsync(FaultPoint.PreSwitchover);
        if (!State.TryMove(MigrationStatus.Active, MigrationStatus.PreSwitchover)) return false;
        while (!_mayContinue && State.Current == MigrationStatus.PreSwitchover) await _waker.WaitAsync();
        await AtAsync(FaultPoint.PreSwitchoverDone);
        return State.TryMove(MigrationStatus.PreSwitchover, MigrationStatus.Device);
    }

    private async ValueTask FinishAsync(IMigrationChannel channel)
    {
        bool completed = State.Current == MigrationStatus.Completed;
        if (!completed) channel.Shutdown();
        using (await _machine.Loop.EnterAsync())
        {
            _converge?.Stop();
            if (completed) _handover.Complete();
            else _handover.Undo(_returnPath?.IsShut);
        }

        if (_returnPath is not null)
        {
            await _returnPath.JoinAsync();

            // A cancel cuts the return path, and QEMU shows that as the reason.
            if (!completed) Interlocked.CompareExchange(ref _error, _returnPath.Error, null);
        }

        // So it does for the stream, once it has begun to switch over.
        if (!completed && _handover.HasBegun) Interlocked.CompareExchange(ref _error, ChannelError, null);

        _stream?.End();
        channel.Dispose();
        State.TryMove(MigrationStatus.Cancelling, MigrationStatus.Cancelled);
        ReportError();
    }

    private void ReportError()
    {
        if (Volatile.Read(ref _error) is { } error) _logger.Error("{Reason:l}", error);
    }

    private void Fail(string error, MigrationStatus from)
    {
        // A cancelled migration's broken channel is what was asked for; a completed one is beyond failing.
        if (from is MigrationStatus.Cancelling or MigrationStatus.Cancelled or MigrationStatus.Completed) return;
        Interlocked.CompareExchange(ref _error, error, null);
        _logger.Information("migrate_error {Error}", error);
        if (!State.TryMove(from, MigrationStatus.Failed)) _error = null;
    }

    private ValueTask AtAsync(FaultPoint point) => _faults.Site.AtAsync(point);

    private void Announce(MigrationStatus status)
    {
        // Nobody is left to be told that an abandoned migration has been wound up, unless there was nothing to wind up.
        if (_abandoned && _channel is not null && status == MigrationStatus.Cancelled) return;
        if (_options.Has(MigrationCapability.Events)) _events.Status(status);
    }
}
