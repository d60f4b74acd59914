using Qmp.Types;

namespace Qmp.Simulation;

/// <summary>Notes the passes of a migration, and whether they lead anywhere.</summary>
/// <param name="patience">Passes in a row without progress after which it is given up; 0 for any number.</param>
internal sealed class PassWatch(uint patience)
{
    private const double Progress = 0.99; // less than that of the least that was left

    private readonly List<ScenarioPass> _passes = [];
    private long _least = long.MaxValue;
    private int _throttle;
    private uint _stale;

    /// <summary>The passes.</summary>
    public IReadOnlyList<ScenarioPass> Passes => _passes;

    /// <summary>Whether there is no hope any more.</summary>
    public bool IsHopeless => patience > 0 && _stale >= patience;

    /// <summary>A pass begins.</summary>
    /// <param name="milliseconds">When.</param>
    /// <param name="info">What the source says.</param>
    /// <param name="throttle">Percent of the guest's time that is taken away.</param>
    public void Add(double milliseconds, MigrationInfo info, int throttle)
    {
        if (info.Ram is not { } ram) return;
        long remaining = ram.Remaining;
        _passes.Add(new ScenarioPass(ram.DirtySyncCount, milliseconds, remaining, ram.Transferred, throttle));
        if (info.Status != MigrationStatus.Active) return;
        if (remaining < _least * Progress || throttle != _throttle) _stale = 0;
        else if (ram.DirtySyncCount > 1) _stale++;
        _least = throttle != _throttle ? remaining : Math.Min(_least, remaining);
        _throttle = throttle;
    }
}
