using Qmp.Machine;
using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Migration.Channels.Tls;
using Qmp.Migration.Faults;
using Qmp.Migration.Options;
using Qmp.Migration.SaveState;
using Qmp.Migration.Status;
using Qmp.Types;
using Serilog;

namespace Qmp.Migration.Destination;

/// <summary>The destination's side of one migration: a loop over its phases, and what commands do to it.</summary>
/// <remarks>One activity, <c>mig/dst/main</c>, does everything after <see cref="Start"/>.</remarks>
public sealed class IncomingMigration
{
    private readonly DestinationAttempt _attempt;
    private readonly IMigrationConnector _connector;
    private readonly IMigrationEvents _events;
    private IMigrationListener? _listener;

    internal IncomingMigration(
        VirtualMachine machine,
        SaveStateEntries entries,
        MigrationOptions options,
        IMigrationConnector connector,
        FaultPoints faults,
        IMigrationEvents events,
        ILogger logger)
    {
        _attempt = new DestinationAttempt(machine, entries, options, faults, events, logger);
        _connector = connector;
        _events = events;
    }

    /// <summary>Called once, on the loading activity, when the load has failed.</summary>
    public event Action<IncomingFailure>? Failed;

    /// <summary>The status.</summary>
    public MigrationState State => _attempt.State;

    /// <summary>Why the load failed.</summary>
    public string? Error => _attempt.Error;

    /// <summary>Where a source may connect, until the load has ended.</summary>
    public IReadOnlyList<SocketAddress> Addresses => Volatile.Read(ref _listener)?.Addresses ?? [];

    /// <summary>Whether it has found an address to be reached at.</summary>
    public bool IsListening => Volatile.Read(ref _listener) is not null;

    /// <summary>Whether nothing could be started to wait for a source, so that another try is welcome.</summary>
    public bool CouldNotStart { get; private set; }

    /// <summary>The activity that loads, once it runs.</summary>
    public Activity? Activity { get; private set; }

    /// <summary>What loads, once a source is there.</summary>
    internal StreamLoader? Loader => _attempt.Loader;

    internal MigrationOptions Options => _attempt.Options;

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

        IMigrationListener listener = Listen(address);
        _listener = listener;
        _attempt.Faults.Started();
        try
        {
            var first = new ListenPhase(_attempt, listener, direct => _connector.OpenPages(address, writes: false, direct));
            Activity = _attempt.Machine.Timeline.Start("mig/dst/main", () => RunAsync(first));
        }
        catch (Exception e)
        {
            _listener = null;
            listener.Dispose();
            CouldNotStart = true;
            _attempt.Fail($"The incoming migration could not be started: {e.Message}");
            throw new ChannelException(Error!);
        }
    }

    /// <summary>Cuts the connection, if there is one; the load fails.</summary>
    internal void Yank() => _attempt.Yank();

    /// <summary>Cuts the connection of a postcopy, which can go on later.</summary>
    internal void Pause() => _attempt.Channels.Shutdown();

    /// <summary>Has the source of a paused postcopy come to another place. May be called from any thread.</summary>
    /// <exception cref="MigrationException">It is not paused.</exception>
    /// <exception cref="ChannelException">That address cannot be listened on.</exception>
    internal void Recover(MigrationAddress address)
    {
        if (State.Current != MigrationStatus.PostcopyPaused)
        {
            throw new MigrationException("Migrate recover can only be run when postcopy is paused.");
        }

        Volatile.Read(ref _listener)?.Dispose(); // the first source's place may be this one
        _attempt.Recover(() =>
        {
            IMigrationListener listener = Listen(address);
            Volatile.Write(ref _listener, listener);
            return listener;
        });
    }

    /// <summary>Cuts the migration: nothing more is accepted or loaded.</summary>
    internal void Shutdown()
    {
        _attempt.Stop();
        Volatile.Read(ref _listener)?.Dispose();
    }

    private TlsListener Listen(MigrationAddress address) => new(
        _connector.Listen(address, () => FileByDescriptor.Meet(Options.Rules, _events.Warning)),
        _attempt.Machine.Timeline, Options, _attempt.Logger);

    private async ValueTask RunAsync(DestinationPhase first)
    {
        try
        {
            for (DestinationPhase? phase = first; phase is not null;) phase = await phase.RunAsync();
        }
        catch (Exception e)
        {
            _attempt.Fail(e);
        }

        await new AnswerPhase(_attempt).RunAsync();
        Options.IncomingMode = null;
        if (!_attempt.KeepsListening) Interlocked.Exchange(ref _listener, null)?.Dispose();
        if ((Error ?? _attempt.Untold) is { } error) Failed?.Invoke(new IncomingFailure(error, IsLogged: Error is null));
    }
}
