using Qmp.Machine;
using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Migration.Faults;
using Qmp.Migration.Options;
using Qmp.Migration.ReturnPath;
using Qmp.Migration.SaveState;
using Qmp.Migration.Status;
using Qmp.Types;
using Serilog;

namespace Qmp.Migration.Destination;

/// <summary>The destination's side: waits for a source, loads, and takes the guest over.</summary>
/// <remarks>One activity, <c>mig/dst/main</c>, does everything after <see cref="Start"/>.</remarks>
public sealed class IncomingMigration
{
    private readonly VirtualMachine _machine;
    private readonly SaveStateEntries _entries;
    private readonly MigrationOptions _options;
    private readonly IMigrationConnector _connector;
    private readonly IMigrationEvents _events;
    private readonly ILogger _logger;
    private readonly DestinationFaults _faults;
    private readonly Waker _interruption;
    private readonly ChannelSet _channels = new();
    private IMigrationListener? _listener;
    private volatile bool _stopped;
    private volatile StreamLoader? _loader;
    private string? _error;

    internal IncomingMigration(
        VirtualMachine machine,
        SaveStateEntries entries,
        MigrationOptions options,
        IMigrationConnector connector,
        FaultPoints faults,
        IMigrationEvents events,
        ILogger logger)
    {
        _machine = machine;
        _entries = entries;
        _options = options;
        _connector = connector;
        _events = events;
        _logger = logger;
        _faults = new DestinationFaults(faults, machine.Timeline, _channels);
        _interruption = machine.Timeline.CreateWaker();
        State = new MigrationState(DestinationTransitions.AreLegal, Announce, logger);
    }

    /// <summary>Called once, on the loading activity, when the load has failed.</summary>
    public event Action<string>? Failed;

    /// <summary>The status.</summary>
    public MigrationState State { get; }

    /// <summary>Why the load failed.</summary>
    public string? Error => Volatile.Read(ref _error);

    /// <summary>Where a source may connect, until the load has ended.</summary>
    public IReadOnlyList<SocketAddress> Addresses => Volatile.Read(ref _listener)?.Addresses ?? [];

    /// <summary>Whether it has found an address to be reached at.</summary>
    public bool IsListening => Volatile.Read(ref _listener) is not null;

    /// <summary>Whether nothing could be started to wait for a source, so that another try is welcome.</summary>
    public bool CouldNotStart { get; private set; }

    /// <summary>The activity that loads, once it runs.</summary>
    public Activity? Activity { get; private set; }

    /// <summary>What loads, once a source is there.</summary>
    internal StreamLoader? Loader => _loader;

    /// <summary>Begins to wait for a source. When this returns, one can connect.</summary>
    /// <exception cref="ChannelException">
    /// That address cannot be listened on, and the status stays <c>setup</c>; or nothing can be started to wait there,
    /// and the status is <c>failed</c>.
    /// </exception>
    internal void Start(MigrationAddress address)
    {
        if (!State.TryMove(MigrationStatus.None, MigrationStatus.Setup))
        {
            throw new MigrationException(
                $"Illegal migration incoming state: {State.Current.ToWireName()}");
        }

        IMigrationListener listener = _connector.Listen(address, _events.Warning);
        _listener = listener;
        _faults.Started();
        try
        {
            Activity = _machine.Timeline.Start("mig/dst/main", RunAsync);
        }
        catch (Exception e)
        {
            _listener = null;
            listener.Dispose();
            CouldNotStart = true;
            _error = $"The incoming migration could not be started: {e.Message}";
            State.Move(MigrationStatus.Setup, MigrationStatus.Failed);
            throw new ChannelException(_error);
        }
    }

    /// <summary>Cuts the connection, if there is one; the load fails.</summary>
    internal void Yank()
    {
        _channels.Shutdown();
        _interruption.Wake();
    }

    /// <summary>Cuts the migration: nothing more is accepted or loaded.</summary>
    internal void Shutdown()
    {
        _stopped = true;
        _channels.Cut();
        _listener?.Dispose();
        _interruption.Wake();
    }

    private async ValueTask RunAsync()
    {
        string? error = null;
        try
        {
            IMigrationChannel? channel = await AcceptAsync();
            if (channel is null || !HasCredentials()) return;
            State.Move(MigrationStatus.Setup, MigrationStatus.Active);
            _loader = new StreamLoader(channel, _entries, _machine, _options, _faults.Site, _interruption, _logger);
            _faults.Loader = _loader;
            await _loader.LoadAsync();
            await TakeOverAsync();
        }
        catch (LoadException e)
        {
            foreach (string reason in e.Reasons) _logger.Error("{Reason:l}", reason);
            _logger.Error("load stopped at stream offset {Offset}", _faults.Position);
            error = e.Message;
        }
        catch (ChannelException e)
        {
            _logger.Error("{Reason:l}", e.Message);
            error = new LoadException(Errno.InputOutput).Message;
        }
        catch (FaultException e)
        {
            error = e.Message;
        }
        catch (Exception e)
        {
            // A mistake of ours must not look like a machine that still loads.
            _logger.Error(e, "load failed at stream offset {Offset}", _faults.Position);
            error = new LoadException(Errno.Invalid).Message;
        }

        if (error is not null && !_stopped)
        {
            _error = error;
            State.TryMoveFromAny(MigrationStatus.Failed);
        }

        if (_loader?.ReturnPath is { } returnPath)
        {
            await ShutAsync(returnPath, failed: error is not null || _loader.StreamFailed);
        }

        _channels.Dispose();
        Interlocked.Exchange(ref _listener, null)?.Dispose();
        if (error is not null && !_stopped) Failed?.Invoke(error);
    }

    private async ValueTask<IMigrationChannel?> AcceptAsync()
    {
        await AtAsync(FaultPoint.Listen);
        IMigrationChannel? channel = await _listener!.AcceptAsync();
        if (channel is null || !_channels.TryAdd(channel)) return null;
        await AtAsync(FaultPoint.ListenDone);
        return channel;
    }

    // No credentials can be made here, so none that are asked for exist. QEMU goes on listening, and gives no reason.
    private bool HasCredentials()
    {
        if (_options.Parameters.TlsCreds is not { Length: > 0 } credentials) return true;
        _logger.Error("No TLS credentials with id '{Credentials:l}'", credentials);
        _channels.Dispose();
        State.Move(MigrationStatus.Setup, MigrationStatus.Failed);
        return false;
    }

    // The guest starts before the status says completed, and the source is told last (WIRE 15).
    private async ValueTask TakeOverAsync()
    {
        await AtAsync(FaultPoint.Start);
        if (_stopped) return; // a machine that ends starts no guest
        using (await _machine.Lock.EnterAsync())
        {
            RunState source = _entries.GlobalState.Received ?? RunState.Running;
            RunState next = source != RunState.Running ? source
                : _machine.Autostart ? RunState.Running
                : RunState.Paused;
            if (!_machine.CanEnter(next))
            {
                throw new LoadException(Errno.Invalid, $"the source's run state was {source.ToWireName()}");
            }

            if (next == RunState.Running) _machine.Start();
            else _machine.SetRunState(next);
        }

        try
        {
            await AtAsync(FaultPoint.StartDone);
            await AtAsync(FaultPoint.Completion);
        }
        catch (FaultException)
        {
            // The source will be told that this failed, and its guest runs on.
            using TimelineLock.Hold hold = await _machine.Lock.EnterAsync();
            await _machine.StopAsync(RunState.InternalError);
            throw;
        }

        State.Move(MigrationStatus.Active, MigrationStatus.Completed);
        await AtOrCutAsync(FaultPoint.CompletionDone);
    }

    private async ValueTask ShutAsync(ReturnPathWriter returnPath, bool failed)
    {
        try
        {
            await AtOrCutAsync(FaultPoint.Shut);
            await returnPath.ShutAsync(failed ? 1u : 0u);
            await AtOrCutAsync(FaultPoint.ShutDone);
        }
        catch (Exception e) when (e is ChannelException or FaultException)
        {
            // The source is gone; whether it knows the outcome is no longer ours to decide.
            _logger.Debug("return path: {Error:l}", e.Message);
        }
    }

    private ValueTask AtAsync(FaultPoint point) => _faults.Site.AtAsync(point);

    // The outcome is settled here: a failure can only be that the source does not hear of it.
    private async ValueTask AtOrCutAsync(FaultPoint point)
    {
        try
        {
            await AtAsync(point);
        }
        catch (FaultException)
        {
            _faults.Close();
        }
    }

    private void Announce(MigrationStatus status)
    {
        if (_options.Has(MigrationCapability.Events)) _events.Status(status);
    }
}
