using Qmp.Machine;
using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Migration.Faults;
using Qmp.Migration.Options;
using Qmp.Migration.SaveState;
using Qmp.Migration.Status;
using Qmp.Migration.Switchover;
using Qmp.Migration.Throttling;
using Qmp.Types;
using Serilog;

namespace Qmp.Migration.Source;

/// <summary>The source's side of one migration: a loop over its phases, and what commands do to it.</summary>
/// <remarks>
/// <para>One activity, <c>mig/src/main</c>, does everything after <see cref="Start"/>; a second one reads the return
/// path. Commands meet it in <see cref="Cancel"/> and <see cref="Continue"/> only; everything else they do is look.</para>
/// <para>The guest is stopped, handed over or started again with the machine's lock held; nothing else holds it, so
/// that monitors answer during the switchover.</para>
/// </remarks>
public sealed class OutgoingMigration
{
    private readonly SourceAttempt _attempt;
    private readonly IMigrationEvents _events;

    internal OutgoingMigration(
        VirtualMachine machine,
        SaveStateEntries entries,
        MigrationOptions options,
        IMigrationConnector connector,
        FaultPoints faults,
        IMigrationEvents events,
        ILogger logger)
    {
        _attempt = new SourceAttempt(machine, entries, options, faults, connector, events, logger);
        _events = events;
    }

    /// <summary>The status.</summary>
    public MigrationState State => _attempt.State;

    /// <summary>What went wrong, in QEMU's words; the first thing that did.</summary>
    public string? Error => _attempt.Error;

    /// <summary>The counters.</summary>
    public MigrationStatistics Statistics => _attempt.Statistics;

    /// <summary>Bytes of device state sent; <see langword="null"/> if no device counts them.</summary>
    public long? DeviceStateBytes => _attempt.Link?.Stream.DeviceStateBytes;

    /// <summary>The activity that sends, once it runs.</summary>
    public Activity? Activity { get; private set; }

    /// <summary>The activities of its multifd channels.</summary>
    internal IReadOnlyList<Activity> Channels => _attempt.Multifd?.Activities ?? [];

    internal MigrationOptions Options => _attempt.Options;

    /// <summary>Whether it waits for the program that takes the place of this one.</summary>
    internal bool IsHandingOver => _attempt.IsHandingOver;

    internal OutgoingTimes Times => _attempt.Times;

    internal BandwidthEstimator Bandwidth => _attempt.Bandwidth;

    internal SwitchoverGate Gate => _attempt.Gate;

    /// <summary>Begins. Returns when the migration is under way.</summary>
    /// <param name="address">Where to.</param>
    /// <param name="leave">Leaves what this program has to the one that takes its place; <see langword="null"/> if none does.</param>
    /// <exception cref="ChannelException">A file, command or descriptor could not be opened.</exception>
    internal void Start(MigrationAddress address, Func<ICprWriter>? leave)
    {
        _attempt.Times.Started(_attempt.Now);
        _attempt.StartBandwidth();
        State.Move(MigrationStatus.None, MigrationStatus.Setup);
        _attempt.Address = address;
        IMigrationChannel? opened = null;
        SourcePhase first;
        try
        {
            if (leave is not null) first = new CprPhase(_attempt, leave(), () => Open(address));
            else first = new ConnectPhase(_attempt, opened = Open(address));
        }
        catch (Exception e)
        {
            string reason = _attempt.ReasonOf(e);
            _attempt.Fail(reason);
            _attempt.Settle();
            throw new ChannelException(reason);
        }

        try
        {
            Activity = _attempt.Machine.Timeline.Start(Options.Has(MigrationCapability.BackgroundSnapshot) ? "mig/snapshot" : "mig/src/main", () => RunAsync(first));
        }
        catch (Exception e)
        {
            // No thread could be created, mostly for want of descriptors. QEMU keeps threads in reserve; its failure
            // to connect is then the answer, and comes after the command's.
            opened?.Dispose();
            _attempt.Fail(FailureToConnect(address) ?? $"The migration could not be started: {e.Message}");
            _attempt.Settle();
            _attempt.ReportError();
        }
    }

    /// <summary>Ends the migration as soon as possible; the guest runs on. Asking again is announced again.</summary>
    internal void Cancel() => _attempt.Cancel();

    /// <summary>Cancels it because the machine ends, which does not wait until it is wound up.</summary>
    /// <remarks>All that is left of one that waits for its command to end is that wait, and QEMU waits, too.</remarks>
    internal void Abandon()
    {
        if (!_attempt.IsFinishing) _attempt.Abandon();
    }

    /// <summary>Cuts the connection; the migration fails for that reason.</summary>
    internal void Yank() => _attempt.Channels.Shutdown();

    /// <summary>Ends the pause before the switchover.</summary>
    internal void Continue()
    {
        _attempt.MayContinue = true;
        _attempt.Waker.Wake();
    }

    /// <summary>The guest shall go before its memory.</summary>
    internal void StartPostcopy() => _attempt.Postcopy.Ask();

    /// <summary>Cuts the connection of a postcopy, which can go on later.</summary>
    internal void Pause() => _attempt.Pause();

    /// <summary>Goes on with a paused postcopy over another connection.</summary>
    /// <exception cref="MigrationException">It is not paused.</exception>
    /// <exception cref="ChannelException">A file, command or descriptor could not be opened.</exception>
    internal void Resume(MigrationAddress address)
    {
        _attempt.BeginResumption();
        try
        {
            _attempt.Resume(new Resumption(address, Open(address)));
        }
        catch (Exception e)
        {
            string reason = _attempt.ReasonOf(e);
            _attempt.FailResumption(reason);
            throw new ChannelException(reason);
        }
    }

    private IMigrationChannel? Open(MigrationAddress address) =>
        _attempt.Connector.Open(address, () => FileByDescriptor.Meet(_attempt.Options.Rules, _events.Warning));

    private async ValueTask RunAsync(SourcePhase first)
    {
        try
        {
            for (SourcePhase? phase = first; phase is not null;) phase = await phase.RunAsync();
        }
        catch (Exception e)
        {
            await _attempt.FailAsync(e);
        }

        await new WindUpPhase(_attempt).RunAsync();
    }

    // Why a connection could not be made here and now, without waiting for one.
    private string? FailureToConnect(MigrationAddress address)
    {
        try
        {
            ValueTask<IMigrationChannel> connecting = _attempt.Connector.ConnectAsync(address, new CancellationToken(canceled: true));
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
}
