using Qmp.Types;
using Serilog;

namespace Qmp.Migration.Status;

/// <summary>The status of one end of a migration, and the only way to change it.</summary>
/// <remarks>
/// Each end has a table of what may follow what. A change that is not in it is a mistake in this program and throws. Two
/// activities may race for a change (a cancel against the next step): <see cref="TryMove"/> tells who won.
/// </remarks>
public sealed class MigrationState
{
    private readonly Lock _gate = new(); // guards _current; changes are announced in the order they happen
    private readonly Func<MigrationStatus, MigrationStatus, bool> _isLegal;
    private readonly Action<MigrationStatus> _changed;
    private readonly ILogger _logger;
    private MigrationStatus _current = MigrationStatus.None;

    /// <summary>A state of <c>none</c>.</summary>
    /// <param name="isLegal">Whether the second status may follow the first at this end.</param>
    /// <param name="changed">Announces each change.</param>
    /// <param name="logger">Records each change.</param>
    public MigrationState(
        Func<MigrationStatus, MigrationStatus, bool> isLegal, Action<MigrationStatus> changed, ILogger logger)
    {
        _isLegal = isLegal;
        _changed = changed;
        _logger = logger;
    }

    /// <summary>The status.</summary>
    public MigrationStatus Current
    {
        get
        {
            lock (_gate) return _current;
        }
    }

    /// <summary>Whether the migration has begun and not ended.</summary>
    public bool IsRunning => Current is MigrationStatus.Setup or MigrationStatus.Active
        or MigrationStatus.PreSwitchover or MigrationStatus.Device or MigrationStatus.Cancelling
        or MigrationStatus.Failing
        or MigrationStatus.PostcopyDevice or MigrationStatus.PostcopyActive or MigrationStatus.PostcopyPaused or MigrationStatus.PostcopyRecover
        or MigrationStatus.PostcopyRecoverSetup or MigrationStatus.WaitUnplug or MigrationStatus.Colo;

    /// <summary>Whether the guest has been handed over before its memory: nothing can be undone here.</summary>
    public bool IsInPostcopy => Current is MigrationStatus.PostcopyDevice or MigrationStatus.PostcopyActive
        or MigrationStatus.PostcopyPaused or MigrationStatus.PostcopyRecoverSetup or MigrationStatus.PostcopyRecover;

    /// <summary>Whether pages follow a guest, so that it can be paused.</summary>
    public bool CanPause => Current is MigrationStatus.PostcopyActive or MigrationStatus.PostcopyRecover;

    /// <summary>Changes the status if it still is <paramref name="from"/>.</summary>
    /// <returns>Whether it was.</returns>
    public bool TryMove(MigrationStatus from, MigrationStatus to)
    {
        if (!_isLegal(from, to)) throw new InvalidOperationException($"no migration goes from {from} to {to}");
        lock (_gate)
        {
            if (_current != from) return false;
            _current = to;
            _logger.Debug("migration_set_state {From} {To}", from, to);
            _changed(to);
            return true;
        }
    }

    /// <summary>Changes a status that no other thread changes at this point.</summary>
    public void Move(MigrationStatus from, MigrationStatus to)
    {
        if (!TryMove(from, to)) throw new InvalidOperationException($"status is {Current}, not {from}");
    }

    /// <summary>Changes the status from whatever it is, if that is legal.</summary>
    /// <returns>The status before, or <see langword="null"/> if nothing changed.</returns>
    public MigrationStatus? TryMoveFromAny(MigrationStatus to)
    {
        lock (_gate)
        {
            MigrationStatus from = _current;
            return _isLegal(from, to) && TryMove(from, to) ? from : null;
        }
    }
}
