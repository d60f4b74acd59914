using Qmp.Machine;
using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Migration.Faults;
using Qmp.Migration.Multifd;
using Qmp.Migration.Options;
using Qmp.Migration.Postcopy;
using Qmp.Migration.SaveState;
using Qmp.Migration.Status;
using Qmp.Migration.Switchover;
using Qmp.Migration.Throttling;
using Qmp.Types;
using Serilog;

namespace Qmp.Migration.Source;

/// <summary>What lasts as long as an attempt to send a machine, and the one way in which it fails.</summary>
internal sealed class SourceAttempt
{
    /// <summary>How many milliseconds the return path has to end after the connection broke: only a busy machine needs them.</summary>
    private const long LastWordOfBroken = 10_000;

    /// <summary>How many it has where something else failed, which the destination may not know of.</summary>
    private const long LastWordOfWhole = 250;

    private readonly CancellationTokenSource _connecting = new();
    private readonly SourceFaults _faults;
    private readonly IMigrationEvents _events;
    private readonly ILogger _logger;
    private string? _error;
    private volatile bool _isAbandoned;
    private volatile bool _isCancelledInPause;
    private volatile bool _isChannelFirst; // a multifd channel broke before the return path did
    private bool _isReported;
    private volatile bool _mayContinue;
    private volatile bool _isFinishing;
    private volatile bool _isHandingOver;
    private volatile SourceLink? _link;
    private Resumption? _resumption;

    public SourceAttempt(
        VirtualMachine machine,
        SaveStateEntries entries,
        MigrationOptions options,
        FaultPoints faults,
        IMigrationConnector connector,
        IMigrationEvents events,
        ILogger logger)
    {
        Connector = connector;
        Machine = machine;
        Entries = entries;
        Options = options;
        _events = events;
        _logger = logger;
        _faults = new SourceFaults(faults, machine.Timeline, Channels);
        Waker = machine.Timeline.CreateWaker();
        Postcopy = new OutgoingPostcopy(machine.Timeline, machine.Memory, Statistics, Waker.Wake, () => Handover!.IsGone, _faults.Site);
        Handover = new GuestHandover(machine);
        Bandwidth = new BandwidthEstimator(options.Rules);
        Limiter = new RateLimiter(() => options.Parameters.MaxBandwidth ?? 0);
        Gate = new SwitchoverGate(options.Has(MigrationCapability.SwitchoverAck), options.AckMode);
        Mode = options.Parameters.Mode ?? MigMode.Normal;
        State = new MigrationState(SourceTransitions.AreLegal, Announce, logger);
    }

    public VirtualMachine Machine { get; }

    /// <summary>Makes connections.</summary>
    public IMigrationConnector Connector { get; }

    /// <summary>Where it connects to: another place once it has been recovered.</summary>
    public MigrationAddress Address { get; set; } = null!;

    /// <summary>What is asked for in postcopy.</summary>
    public OutgoingPostcopy Postcopy { get; }

    public SaveStateEntries Entries { get; }

    public MigrationOptions Options { get; }

    /// <summary>How the machine goes.</summary>
    public MigMode Mode { get; }

    public MigrationState State { get; }

    public ILogger Logger => _logger;

    /// <summary>Its connections.</summary>
    public ChannelSet Channels { get; } = new();

    /// <summary>What there is on top of the connection, once there is.</summary>
    public SourceLink? Link => _link;

    /// <summary>The channels for pages; <see langword="null"/> where the main channel carries them.</summary>
    public MultifdSender? Multifd { get; private set; }

    public MigrationStatistics Statistics { get; } = new();

    public OutgoingTimes Times { get; } = new();

    public BandwidthEstimator Bandwidth { get; }

    public RateLimiter Limiter { get; }

    public SwitchoverGate Gate { get; }

    public GuestHandover Handover { get; }

    /// <summary>Wakes the activity that sends.</summary>
    public Waker Waker { get; }

    /// <summary>Whether the pause before the switchover is over.</summary>
    public bool MayContinue
    {
        get => _mayContinue;
        set => _mayContinue = value;
    }

    /// <summary>Whether all that is left is to wait for a command to end.</summary>
    public bool IsFinishing
    {
        get => _isFinishing;
        set => _isFinishing = value;
    }

    /// <summary>Whether the program that takes over cannot be migrated to yet: there is nothing to be cut.</summary>
    public bool IsHandingOver
    {
        get => _isHandingOver;
        set => _isHandingOver = value;
    }

    /// <summary>Cancelled when the connection is not wanted any more.</summary>
    public CancellationToken Connecting => _connecting.Token;

    /// <summary>Whether it was cancelled in the pause before the switchover.</summary>
    public bool IsCancelledInPause => _isCancelledInPause;

    /// <summary>What went wrong, in QEMU's words; the first thing that did.</summary>
    public string? Error => Volatile.Read(ref _error);

    /// <summary>Milliseconds, on the machine's clock.</summary>
    public long Now => Machine.Timeline.NowMilliseconds;

    /// <summary>Bytes a second and the limit that they are held against, from now on.</summary>
    public void StartBandwidth() => Bandwidth.Start(Now, Statistics, Options.Parameters.DowntimeLimit ?? 0);

    /// <summary>Begins a new window of the rate, and estimates the bandwidth, if the last one is over.</summary>
    /// <param name="now">The time, as <see cref="Now"/>.</param>
    /// <returns>Whether nothing more may be sent in this window.</returns>
    public bool ExceedsRate(long now)
    {
        long transferred = Statistics.Transferred;
        MigrationParameters parameters = Options.Parameters;
        if (Bandwidth.Update(now, Statistics, parameters.AvailSwitchoverBandwidth ?? 0, parameters.DowntimeLimit ?? 0))
        {
            _logger.Debug(
                "migrate_transferred transferred={Transferred}, pages={Pages}, mbps={Mbps:F1}, max size={MaxSize}",
                transferred, Statistics.Pages, Bandwidth.Mbps, Bandwidth.ThresholdSize);
            Limiter.NextWindow(transferred);
        }

        return Limiter.Exceeded(transferred);
    }

    /// <summary>All has been sent, and the destination has not said otherwise: all that is left is to wait for what is behind it.</summary>
    public async ValueTask EndTransferAsync()
    {
        await AtAsync(FaultPoint.Completion);
        Times.Completed(Now);
        Bandwidth.Finish(Statistics.Transferred, Times.TransferTime);
        IsFinishing = true;
    }

    /// <summary>The migration has completed, unless it was cancelled.</summary>
    /// <param name="from">The status up to now.</param>
    public async ValueTask CompleteAsync(MigrationStatus from)
    {
        if (State.TryMove(from, MigrationStatus.Completed)) await AtAsync(FaultPoint.CompletionDone);
    }

    /// <summary>Reaches a point where faults are injected.</summary>
    public ValueTask AtAsync(FaultPoint point) => _faults.Site.AtAsync(point);

    /// <summary>Stops the guest to hand it over.</summary>
    public async ValueTask StopGuestAsync()
    {
        using TimelineLock.Hold hold = await Machine.Lock.EnterAsync();
        Times.Stopped(Now);
        Entries.GlobalState.Store();
        await Handover.BeginAsync();
    }

    /// <summary>Makes what sends pages over channels of their own, which are added to it then.</summary>
    public MultifdSender CreateMultifd() =>
        Multifd = new MultifdSender(Machine.Timeline, Options.Parameters, Statistics, _faults.Site, ChannelFailed)
        {
            InPlace = Options.Has(MigrationCapability.ZeroCopySend) ? InPlaceMethod.ZeroCopy : InPlaceMethod.Splice,
        };

    /// <summary>Puts what sends on top of the connection.</summary>
    public SourceLink Connect(RefusalWatch refusal)
    {
        IMigrationChannel channel = Channels.Main;
        var converge = new AutoConverge(Machine, Options);
        var context = new SourceContext(
            Machine, Options, Mode, new Stream.MigrationWriter(channel), Statistics, Limiter, converge, _faults.Site, _events, Multifd,
            Options.Has(MigrationCapability.MappedRam) ? channel as ISeekableChannel : null, Postcopy, _logger);
        _faults.Context = context;
        var stream = new OutgoingStream(context, Entries, Machine, Options, Gate, _logger);
        var link = new SourceLink(context, stream, converge, refusal, null);
        _link = link; // its savers are ended even if nothing can be started to read the return path
        return Options.Has(MigrationCapability.ReturnPath) || Options.Has(MigrationCapability.DirtyBitmaps)
            || Options.Has(MigrationCapability.PostcopyRam) ? AddReturnPath(link) : link;
    }

    /// <summary>Puts what sends on top of another connection.</summary>
    public SourceLink Reconnect(SourceLink link)
    {
        Forgive();
        link.Context.Main.Reconnect(Channels.Main);
        Postcopy.Reconnect();
        return AddReturnPath(link);
    }

    private SourceLink AddReturnPath(SourceLink link)
    {
        var returnPath = new ReturnPathActivity(
            Machine.Timeline, Channels.Main, _faults.Site, Gate, Waker, Blame, _logger,
            Options.Has(MigrationCapability.PostcopyRam) ? Postcopy : null, TakePong);
        _faults.ReturnPath = returnPath;
        return _link = link with { ReturnPath = returnPath };
    }

    // The destination has loaded the devices: the guest is its.
    private void TakePong(uint value)
    {
        Postcopy.Answered();
        if (value != OutgoingStream.PackageLoadedPing || !Options.Rules.AwaitsPackage) return;
        Handover.IsGone = true;
        State.TryMove(MigrationStatus.PostcopyDevice, MigrationStatus.PostcopyActive);
        Waker.Wake();
    }

    /// <summary>Has a paused migration go on.</summary>
    /// <exception cref="MigrationException">It is not paused, or has given away what would have to be sent again.</exception>
    public void BeginResumption()
    {
        if (State.Current == MigrationStatus.PostcopyPaused && Options.Has(MigrationCapability.ReleaseRam))
        {
            throw new MigrationException("Postcopy recovery cannot work when release-ram capability is set");
        }

        if (!State.TryMove(MigrationStatus.PostcopyPaused, MigrationStatus.PostcopyRecoverSetup))
        {
            throw new MigrationException("Cannot resume if there is no paused migration");
        }
    }

    /// <summary>Says where it goes on.</summary>
    public void Resume(Resumption resumption)
    {
        Volatile.Write(ref _resumption, resumption);
        Waker.Wake();
    }

    /// <summary>It cannot go on there.</summary>
    public void FailResumption(string reason)
    {
        Volatile.Write(ref _error, reason);
        State.TryMove(MigrationStatus.PostcopyRecoverSetup, MigrationStatus.PostcopyPaused);
    }

    /// <summary>Where it goes on, if that has been said.</summary>
    public Resumption? TakeResumption() => Interlocked.Exchange(ref _resumption, null);

    /// <summary>Clients cut the connection of a postcopy.</summary>
    public void Pause()
    {
        Blame("Postcopy migration is paused by the user");
        Channels.Shutdown();
        Waker.Wake();
    }

    /// <summary>Ends it as soon as possible. Asking again is announced again.</summary>
    public void Cancel()
    {
        if (State.TryMoveFromAny(MigrationStatus.Cancelling) is not { } from) return;
        if (from == MigrationStatus.PreSwitchover) _isCancelledInPause = true;

        // Still connecting: there is nothing to be wound up.
        bool isConnected = Channels.Close();
        if (Options.Rules.CancelsAfterConnecting && !_isAbandoned && !_isHandingOver)
        {
            Waker.Wake();
            return;
        }

        if (!isConnected) State.TryMove(MigrationStatus.Cancelling, MigrationStatus.Cancelled);
        _connecting.Cancel();
        Waker.Wake();
    }

    /// <summary>Cancels it because the machine ends, which does not wait until it is wound up.</summary>
    public void Abandon()
    {
        _isAbandoned = true;
        Cancel();
    }

    /// <summary>Why a step could not be done, for those who ask and for the log.</summary>
    public string ReasonOf(Exception e)
    {
        if (e is ChannelException or MigrationException or FaultException) return e.Message;

        // A mistake of ours, or a want of memory or descriptors.
        _logger.Error(e, "migration failed");
        return $"Internal error: {e.Message}";
    }

    /// <summary>The same, but what the return path said last tells more than a broken connection does.</summary>
    public async ValueTask<string> ReasonOfAsync(Exception e) => e is ChannelException or MigrationException
        ? await ReadLastWordAsync(e is ChannelException ? LastWordOfBroken : LastWordOfWhole) ?? e.Message
        : ReasonOf(e);

    /// <summary>Fails, unless it was cancelled or is complete.</summary>
    public async ValueTask FailAsync(Exception e)
    {
        Fail(await ReasonOfAsync(e));
        if (State.Current is MigrationStatus.Failing or MigrationStatus.Failed) ReportError();
    }

    /// <inheritdoc cref="FailAsync"/>
    public void Fail(string reason)
    {
        // A cancelled migration's broken channel is what was asked for; a completed one is beyond failing.
        MigrationStatus from = State.Current;
        if (from is MigrationStatus.Cancelling or MigrationStatus.Cancelled or MigrationStatus.Completed) return;
        Blame(reason);
        _logger.Information("migrate_error {Error}", reason);
        if (!State.TryMove(from, Options.Rules.ShowsFailing ? MigrationStatus.Failing : MigrationStatus.Failed)) _error = null;
    }

    /// <summary>What it was to come to is over: a failure has been undone, a cancelled connection is not wanted any more.</summary>
    public void Settle()
    {
        State.TryMove(MigrationStatus.Cancelling, MigrationStatus.Cancelled);
        State.TryMove(MigrationStatus.Failing, MigrationStatus.Failed);
    }

    /// <summary>Shows a reason if none is shown yet.</summary>
    public void Blame(string? reason) => Interlocked.CompareExchange(ref _error, reason, null);

    /// <summary>Shows no reason any more: another try begins.</summary>
    public void Forgive() => Volatile.Write(ref _error, null);

    /// <summary>Tells standard error why it failed, if it did and that has not been told.</summary>
    public void ReportError()
    {
        if (_isReported || Error is not { } error) return;
        _isReported = true;
        _logger.Error("{Reason:l}", error);
    }

    private void ChannelFailed()
    {
        _isChannelFirst = Link?.ReturnPath?.Error is null;
        Waker.Wake();
    }

    // A multifd channel that breaks takes the return path with it a moment later, which says nothing of the reason then.
    // Otherwise what the return path said last tells more than a broken connection does. A peer that cuts one cuts it both
    // ways, so the return path ends, too; if it does not end in time, nothing will come from it.
    private async ValueTask<string?> ReadLastWordAsync(long milliseconds)
    {
        if (Link?.ReturnPath is not { } returnPath) return null;
        long end = Now + milliseconds;
        while (!_isChannelFirst && !returnPath.IsEnded && State.Current != MigrationStatus.Cancelling && end - Now is var left and > 0)
        {
            await Waker.WaitAsync(TimeSpan.FromMilliseconds(left));
        }

        return _isChannelFirst ? Multifd!.Error : returnPath.Error;
    }

    private void Announce(MigrationStatus status)
    {
        // QEMU ends before it has told of the end of such a migration, unless there was nothing to wind up.
        if (_isAbandoned && !Channels.IsEmpty && status == MigrationStatus.Cancelled) return;
        if (Options.Has(MigrationCapability.Events)) _events.Status(status);
    }
}
