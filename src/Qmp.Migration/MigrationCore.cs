using Qmp.Machine;
using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Migration.Cpr;
using Qmp.Migration.Destination;
using Qmp.Migration.DirtyRate;
using Qmp.Migration.Faults;
using Qmp.Migration.Options;
using Qmp.Migration.Postcopy;
using Qmp.Migration.Ram;
using Qmp.Migration.Rules;
using Qmp.Migration.SaveState;
using Qmp.Migration.Source;
using Qmp.Migration.Status;
using Qmp.Migration.Switchover;
using Qmp.Types;
using Serilog;

namespace Qmp.Migration;

/// <summary>The migration of one machine: what commands set, start, end and ask.</summary>
/// <remarks>
/// Methods that change something are called with the machine's lock held. <see cref="Query"/> is not: it answers at
/// any moment of a migration.
/// </remarks>
public sealed class MigrationCore
{
    private readonly VirtualMachine _machine;
    private readonly IMigrationConnector _connector;
    private readonly IMigrationEvents _events;
    private readonly ILogger _logger;
    private volatile OutgoingMigration? _outgoing;
    private volatile IncomingMigration? _incoming;
    private readonly CprArrival? _arrival;
    private int _shutDown;

    /// <summary>The migration of <paramref name="machine"/>, idle.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="connector">Makes connections.</param>
    /// <param name="events">Is told what happens.</param>
    /// <param name="logger">The log.</param>
    /// <param name="rules">The release of QEMU that it migrates like; without them, 10.0.</param>
    /// <param name="arrival">What the program left whose place this one takes, if it takes one's.</param>
    public MigrationCore(
        VirtualMachine machine, IMigrationConnector connector, IMigrationEvents events, ILogger logger, MigrationRules? rules = null, CprArrival? arrival = null)
    {
        Options = new MigrationOptions(rules ?? MigrationRules.Default);
        _machine = machine;
        _connector = connector;
        _events = events;
        _logger = logger;
        Entries = new SaveStateEntries(machine, new RamEntry(machine.Memory));
        DirtyRate = new DirtyRateMeter(machine, new Random());
        Faults = new FaultPoints(machine.Timeline, logger);
        Blockers = new MigrationBlockers(() => IsRunning, () => Options.Parameters.Mode == MigMode.CprTransfer ? CprMemory.Reasons(machine.Memory) : []);
        _arrival = arrival;
        Cpr = arrival?.State ?? new CprState();
        if (arrival is not null) Options.IncomingMode = MigMode.CprTransfer;
    }

    /// <summary>Capabilities and parameters.</summary>
    public MigrationOptions Options { get; }

    /// <summary>What this program leaves to the one that takes its place.</summary>
    public CprState Cpr { get; }

    /// <summary>What is in the stream.</summary>
    public SaveStateEntries Entries { get; }

    /// <summary>Called once, on the loading activity, when an incoming migration has failed.</summary>
    public event Action<IncomingFailure>? IncomingFailed;

    /// <summary>Whether this machine was started to be a destination and has not taken a guest over yet.</summary>
    public bool IsDestination => _incoming is { State.Current: not MigrationStatus.Completed } || AwaitsIncoming;

    /// <summary>Whether <c>migrate-incoming</c> is expected (<c>-incoming defer</c>).</summary>
    public bool AwaitsIncoming { get; set; }

    /// <summary>The outgoing migration that runs or ran last.</summary>
    internal OutgoingMigration? Outgoing => _outgoing;

    /// <summary>The incoming migration, if one was started.</summary>
    internal IncomingMigration? Incoming => _incoming;

    /// <summary>Whether an outgoing migration is under way.</summary>
    public bool IsRunning => _outgoing is { State.IsRunning: true };

    /// <summary>What keeps this machine from being sent.</summary>
    public MigrationBlockers Blockers { get; }

    /// <summary>Measures how fast the guest dirties its memory.</summary>
    public DirtyRateMeter DirtyRate { get; }

    /// <summary>The faults that are injected into its migrations.</summary>
    public FaultPoints Faults { get; }

    /// <summary>What is known here of the current or latest switchover.</summary>
    public SwitchoverStatus Switchover => this switch
    {
        { _outgoing: { Gate: var gate } outgoing } => new SwitchoverStatus(
            SwitchoverRole.Source,
            gate.IsNeeded,
            gate.AcknowledgedAt,
            0,
            gate.IsNeeded ? gate.Outstanding : 0,
            outgoing.State.IsRunning ? gate.WaitingSince : null),
        { _incoming: { } incoming } => new SwitchoverStatus(
            SwitchoverRole.Destination,
            Options.Has(MigrationCapability.SwitchoverAck),
            incoming.Loader?.ReturnPath.AcknowledgedAt,
            incoming.Loader?.ReturnPath.Acks.Approvals ?? 0,
            0,
            null),
        _ => new SwitchoverStatus(SwitchoverRole.None, Options.Has(MigrationCapability.SwitchoverAck), null, 0, 0, null),
    };

    /// <summary>Whether there is a connection to cut: from the request to migrate to its end.</summary>
    public bool CanBeYanked => (IsRunning && (Options.Rules.YanksBeforeConnecting || _outgoing is not { IsHandingOver: true })) || _incoming is { IsListening: true, State.Current: MigrationStatus.Setup or MigrationStatus.Active } or { State.IsInPostcopy: true };

    /// <summary>The activities of an outgoing migration, as <c>query-migrationthreads</c> lists them: the latest first.</summary>
    public IEnumerable<Activity> Threads => _outgoing is { State.IsRunning: true, Activity: { } sending } outgoing
        ? [.. outgoing.Channels.Reverse(), sending]
        : [];

    /// <summary>Puts capabilities in force, all or none.</summary>
    /// <exception cref="MigrationException">They do not go together, or a migration is under way.</exception>
    public void SetCapabilities(IEnumerable<MigrationCapabilityStatus> changes)
    {
        if (IsRunning) throw new MigrationException("There's a migration process in progress");
        Options.SetCapabilities(changes, incomingStarted: _incoming is { State.Current: not MigrationStatus.Completed }, _events.Warning);
    }

    /// <summary>Begins to send the machine.</summary>
    /// <exception cref="MigrationException">This machine cannot be sent now.</exception>
    /// <exception cref="ChannelException">A file, command or descriptor could not be opened.</exception>
    public void Migrate(MigrationRequest request)
    {
        MigrationPreconditions.CheckChannels(Options, _connector.TraitsOf(request.Address));
        bool leaves = Options.Parameters.Mode == MigMode.CprTransfer;
        if (leaves && request.CprAddress is null)
        {
            throw new MigrationException("missing 'cpr' migration channel");
        }

        if (request.Resume)
        {
            if (_outgoing is not { } paused) throw new MigrationException("Cannot resume if there is no paused migration");
            paused.Resume(request.Address);
            return;
        }

        if (IsRunning) throw new MigrationException("There's a migration process in progress");
        MigrationPreconditions.CheckSource(_machine, Options, Blockers);
        MigrationPreconditions.CheckEntries(Entries, Options);
        var outgoing = new OutgoingMigration(_machine, Entries, Options, _connector, Faults, _events, _logger);
        _outgoing = outgoing;
        if (_incoming is { State.IsInPostcopy: true })
        {
            // As in QEMU, one that could not begin is in setup until it is cancelled.
            outgoing.State.Move(MigrationStatus.None, MigrationStatus.Setup);
            throw new MigrationException("duplicate yank instance");
        }

        outgoing.Start(request.Address, leaves ? () => Leave(request.CprAddress!) : null);
    }

    private ICprWriter Leave(MigrationAddress address)
    {
        ICprWriter channel = _connector.Cpr.Connect(address);
        try
        {
            CprStateWriter.Write(channel, Cpr, Options.Rules);
            return channel;
        }
        catch
        {
            channel.Dispose();
            throw;
        }
    }

    /// <summary>Checks that <c>migrate-incoming</c> is expected.</summary>
    /// <exception cref="MigrationException">It is not, or not any more.</exception>
    public void CheckIncoming()
    {
        if (AwaitsIncoming) return;
        throw new MigrationException(
            _incoming is null
                ? "'-incoming' was not specified on the command line"
                : "The incoming migration has already been started");
    }

    /// <summary>Begins to wait for a source.</summary>
    /// <exception cref="MigrationException">This machine waits for none.</exception>
    /// <exception cref="ChannelException">That address cannot be listened on.</exception>
    public void MigrateIncoming(MigrationAddress address)
    {
        CheckIncoming();
        MigrationPreconditions.CheckChannels(Options, _connector.TraitsOf(address));
        MigrationPreconditions.CheckSupported(Options);
        if (_incoming is null or { CouldNotStart: true })
        {
            var incoming = new IncomingMigration(
                _machine, Entries, Options, _connector, Faults, _events, _logger);
            incoming.Failed += error => IncomingFailed?.Invoke(error);
            _incoming = incoming;
        }

        try
        {
            _incoming.Start(address);
        }
        finally
        {
            _arrival?.Dispose(); // whether a source can come or not, there is nothing more to be waited for
        }

        AwaitsIncoming = false;
    }

    /// <summary>Ends an outgoing migration; nothing happens if there is none.</summary>
    /// <exception cref="MigrationException">Its guest is gone.</exception>
    public void Cancel()
    {
        if (_outgoing is { State.IsInPostcopy: true }) throw new MigrationException("Postcopy migration in progress, cannot cancel.");
        _outgoing?.Cancel();
    }

    /// <summary>Ends the pause before the switchover.</summary>
    /// <param name="expected">The status that the caller believes in.</param>
    /// <exception cref="MigrationException">The status is another one.</exception>
    public void Continue(MigrationStatus expected)
    {
        MigrationStatus current = _outgoing?.State.Current ?? MigrationStatus.None;
        if (current != expected)
        {
            throw new MigrationException($"Migration not in expected state: {current.ToWireName()}");
        }

        _outgoing?.Continue();
    }

    /// <summary>Cuts the connection of a migration; it fails. May be called from any thread.</summary>
    public void Yank()
    {
        _outgoing?.Yank();
        _incoming?.Yank();
    }

    /// <summary>Lets the guest of an outgoing migration go before its memory. A migration that has ended does not mind.</summary>
    /// <exception cref="MigrationException">The capability is off, or there has been no migration.</exception>
    public void StartPostcopy()
    {
        if (!Options.Has(MigrationCapability.PostcopyRam))
        {
            throw new MigrationException("Enable postcopy with migrate_set_capability before the start of migration");
        }

        if (_outgoing is null)
        {
            throw new MigrationException("Postcopy must be started after migration has been started");
        }

        _outgoing.StartPostcopy();
    }

    /// <summary>Cuts the connection of a migration in postcopy, which can go on later. May be called from any thread.</summary>
    /// <exception cref="MigrationException">No migration is in postcopy.</exception>
    public void PausePostcopy()
    {
        if (_outgoing is { State.CanPause: true } outgoing) outgoing.Pause();
        else if (_incoming is { State.CanPause: true } incoming) incoming.Pause();
        else throw new MigrationException("migrate-pause is currently only supported during postcopy-active or postcopy-recover state");
    }

    /// <summary>Checks that an incoming migration is paused.</summary>
    /// <exception cref="MigrationException">None is.</exception>
    public void CheckRecover()
    {
        if (_incoming is { State.Current: MigrationStatus.PostcopyPaused }) return;
        throw new MigrationException("Migrate recover can only be run when postcopy is paused.");
    }

    /// <summary>Listens anew for the source of a migration that is paused in postcopy. May be called from any thread.</summary>
    /// <exception cref="MigrationException">No incoming migration is paused.</exception>
    /// <exception cref="ChannelException">That address cannot be listened on.</exception>
    public void RecoverPostcopy(MigrationAddress address)
    {
        CheckRecover();
        _incoming!.Recover(address);
    }

    /// <summary>What <c>query-migrate</c> answers.</summary>
    public MigrationInfo Query() => MigrationReport.Of(_machine, Blockers, _outgoing, _incoming);

    /// <summary>How it stands with those who wait for pages of an incoming migration in postcopy. For one who asks again and again.</summary>
    public PageWaits TakePageWaits() => _incoming?.Loader?.Postcopy.Missing.Times.Take() ?? PageWaits.None;

    /// <summary>Waits until nothing is under way any more, after <see cref="Shutdown"/>.</summary>
    public async ValueTask JoinAsync()
    {
        if (_outgoing?.Activity is { } sending) await sending.JoinAsync();
        if (_incoming?.Activity is { } loading) await loading.JoinAsync();
        await DirtyRate.JoinAsync();
    }

    /// <summary>Cuts whatever is under way, because the machine ends.</summary>
    public void Shutdown()
    {
        if (Interlocked.Exchange(ref _shutDown, 1) != 0) return;
        _outgoing?.Abandon();
        _incoming?.Shutdown();
        _arrival?.Dispose();
        DirtyRate.Shutdown();
        Faults.Shutdown();
    }
}
