using Qmp.Machine;
using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Migration.Faults;
using Qmp.Migration.MappedRam;
using Qmp.Migration.Multifd;
using Qmp.Migration.Options;
using Qmp.Migration.SaveState;
using Qmp.Migration.Status;
using Qmp.Tls;
using Qmp.Types;
using Serilog;

namespace Qmp.Migration.Destination;

/// <summary>What lasts as long as an attempt to receive a machine, and the one way in which it fails.</summary>
internal sealed class DestinationAttempt
{
    private readonly IMigrationEvents _events;
    private volatile IMigrationListener? _recovery;
    private volatile bool _isStopped;
    private volatile StreamLoader? _loader;
    private string? _error;

    public DestinationAttempt(
        VirtualMachine machine,
        SaveStateEntries entries,
        MigrationOptions options,
        FaultPoints faults,
        IMigrationEvents events,
        ILogger logger)
    {
        Machine = machine;
        Entries = entries;
        Options = options;
        Logger = logger;
        _events = events;
        Faults = new DestinationFaults(faults, machine.Timeline, Channels);
        Interruption = machine.Timeline.CreateWaker();
        State = new MigrationState(DestinationTransitions.AreLegal, Announce, logger);
    }

    public VirtualMachine Machine { get; }

    public SaveStateEntries Entries { get; }

    public MigrationOptions Options { get; }

    public ILogger Logger { get; }

    public MigrationState State { get; }

    public DestinationFaults Faults { get; }

    /// <summary>Its connections.</summary>
    public ChannelSet Channels { get; } = new();

    /// <summary>The channels for pages; <see langword="null"/> where the main channel carries them.</summary>
    public MultifdReceiver? Multifd { get; private set; }

    /// <summary>What reads pages from a file beside each other, if anything does.</summary>
    public WorkerPool<MappedRun>? FileReaders { get; set; }

    /// <summary>What has been read of the main stream to tell it from others.</summary>
    public byte[] MainStart { get; set; } = [];

    /// <summary>What loads, once a source is there.</summary>
    public StreamLoader? Loader => _loader;

    /// <summary>Whether it was cut because the machine ends: then nothing more is begun, and nothing is told.</summary>
    public bool IsStopped => _isStopped;

    /// <summary>Whether the listening socket stays open although no source is accepted any more, as QEMU leaves it after a refusal.</summary>
    public bool KeepsListening { get; set; }

    /// <summary>Whether something went wrong, told or not.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Why the load failed.</summary>
    public string? Error => Volatile.Read(ref _error);

    /// <summary>Whether the source has connected, so that it can be seen whether it sends anything.</summary>
    public bool IsConnected => Channels.Main.IsConnection;

    /// <summary>Why the load failed, where clients are not told.</summary>
    public string? Untold { get; private set; }

    /// <summary>Makes what receives pages over channels of their own, which are added to it then.</summary>
    public MultifdReceiver CreateMultifd() =>
        Multifd = new MultifdReceiver(
            Machine.Memory, Machine.Timeline, Options.Parameters.MultifdChannels ?? 0, Faults.Site, FailByChannel);

    /// <summary>Puts what loads on top of the main channel.</summary>
    public StreamLoader CreateLoader()
    {
        StreamLoader loader = new(Channels.Main, MainStart, Entries, Machine, Options, Multifd, FileReaders, Faults.Site, Interruption, Listen, Resume, Logger);
        Faults.Loader = loader;
        _loader = loader;
        return loader;
    }

    /// <summary>Wakes the activity that loads, when the attempt is cut or there is a new place for a source to come to.</summary>
    public Waker Interruption { get; }

    /// <summary>Where its source comes to.</summary>
    public IMigrationListener? Listener { get; set; }

    /// <summary>Reads the pages that were asked for, where they have a channel of their own.</summary>
    public PreemptListener? Preempt { get; private set; }

    /// <summary>Reads the pages that follow the guest, in postcopy.</summary>
    public Activity? Listening { get; private set; }

    /// <summary>Where a source of a paused migration comes to.</summary>
    public IMigrationListener? Recovery => _recovery;

    /// <summary>Has the source of a paused migration come there, and to no other place.</summary>
    public void Recover(Func<IMigrationListener> listen)
    {
        Interlocked.Exchange(ref _recovery, null)?.Dispose();
        _recovery = listen();
        Interruption.Wake();
    }

    /// <summary>The source of a paused migration has come, or does not come there any more.</summary>
    public void EndRecovery(IMigrationListener listener, bool hasCome)
    {
        if (Interlocked.CompareExchange(ref _recovery, null, listener) != listener) return;
        if (hasCome && Preempt is { } preempt) preempt.Expect(listener);
        else listener.Dispose();
    }

    /// <summary>Waits for a connection that follows the first ones; where there is none, the log says why.</summary>
    public async ValueTask<IMigrationChannel?> AcceptAsync(IMigrationListener listener)
    {
        try
        {
            return await listener.AcceptAsync();
        }
        catch (TlsException e)
        {
            Logger.Error("{Reason:l}", e.Message);
            return null;
        }
    }

    // What follows the guest is read beside the devices' state.
    private void Listen()
    {
        // Pages come over the main channel alone now.
        if (Multifd?.TryEnd() == false) throw new LoadException(Errno.InputOutput);
        State.Move(MigrationStatus.Active, Options.Rules.AwaitsPackage ? MigrationStatus.PostcopyDevice : MigrationStatus.PostcopyActive);
        if (Options.Has(MigrationCapability.PostcopyPreempt)) Preempt = new PreemptListener(this, Loader!, Listener!);
        Listening = Machine.Timeline.Start("mig/dst/listen", new PostcopyListener(this, Loader!).RunAsync);
    }

    // A source says that it has found out what is missing.
    private bool Resume() => State.TryMove(MigrationStatus.PostcopyRecover, MigrationStatus.PostcopyActive);

    /// <summary>Reaches a point where faults are injected.</summary>
    public ValueTask AtAsync(FaultPoint point) => Faults.Site.AtAsync(point);

    /// <summary>
    /// Reaches a point after the outcome has been settled: all that a fault can do is keep the source from hearing of it.
    /// </summary>
    public async ValueTask AtOrCutAsync(FaultPoint point)
    {
        try
        {
            await AtAsync(point);
        }
        catch (FaultException)
        {
            Faults.Close();
        }
    }

    /// <summary>Cuts the connections, if there are any; the load fails.</summary>
    public void Yank()
    {
        Channels.Shutdown();
        Interruption.Wake();
    }

    /// <summary>Cuts the attempt because the machine ends: nothing more is accepted or loaded.</summary>
    public void Stop()
    {
        _isStopped = true;
        Channels.Cut();
        _recovery?.Dispose();
        _loader?.Postcopy.Missing.Abandon();
        Interruption.Wake();
    }

    /// <summary>Fails before there was a stream, for a reason that only the log is told. It listens on, as QEMU does.</summary>
    public void FailBeforeBeginning(string reason)
    {
        HasFailed = true;
        if (_isStopped) return;
        Untold = reason;
        KeepsListening = true;
        Logger.Error("{Reason:l}", reason);
        State.TryMoveFromAny(MigrationStatus.Failed);
    }

    /// <summary>Tells the log what an exception tells.</summary>
    public void LogReason(Exception e) => ReasonOf(e);

    /// <summary>Fails for a reason that an exception tells, which goes into the log.</summary>
    public void Fail(Exception e) => Fail(ReasonOf(e));

    /// <summary>Fails; if the machine ends, that is not told.</summary>
    public void Fail(string reason)
    {
        HasFailed = true;
        if (_isStopped) return;
        if (Interlocked.CompareExchange(ref _error, reason, null) is not null) return;
        State.TryMoveFromAny(MigrationStatus.Failed);
    }

    /// <summary>Fails because of a multifd channel. The main stream is cut then, and its failure is not the reason any more.</summary>
    public void FailByChannel(Exception e)
    {
        if (e is LoadException { Reasons: [.., var told] } refused)
        {
            LogReasons(refused);
            Fail(told);
        }
        else
        {
            Fail(ReasonOf(e));
        }

        Channels.Shutdown();
    }

    private string ReasonOf(Exception e)
    {
        switch (e)
        {
            case LoadException load:
                LogReasons(load);
                Logger.Error("load stopped at stream offset {Offset}", Faults.Position);
                return load.MessageIn(Options.Rules);

            case ChannelException:
                Logger.Error("{Reason:l}", e.Message);
                return new LoadException(Errno.InputOutput).Message;

            case FaultException:
                return e.Message;

            default:
                // A mistake of ours must not look like a machine that still loads.
                Logger.Error(e, "load failed at stream offset {Offset}", Faults.Position);
                return new LoadException(Errno.Invalid).Message;
        }
    }

    private void LogReasons(LoadException e)
    {
        foreach (string reason in e.ReasonsIn(Options.Rules)) Logger.Error("{Reason:l}", reason);
    }

    private void Announce(MigrationStatus status)
    {
        if (Options.Has(MigrationCapability.Events)) _events.Status(status);
    }
}
