using Qmp.Machine;
using Qmp.Machine.Memory;
using Qmp.Migration.Options;
using Qmp.Types;

namespace Qmp.Migration.Throttling;

/// <summary>Takes time away from a guest that dirties memory faster than it can be sent.</summary>
/// <remarks>
/// Judged at the end of each period of the dirty log. The second period in which more was dirtied than the trigger
/// threshold allows is a step; the two need not follow each other.
/// </remarks>
internal sealed class AutoConverge
{
    private const int PeriodsPerStep = 2;
    private const long SyncInterval = 5000;

    private readonly VirtualMachine _machine;
    private readonly MigrationOptions _options;
    private readonly bool _isOn;
    private int _highPeriods;
    private long _countAtTick;

    public AutoConverge(VirtualMachine machine, MigrationOptions options)
    {
        _machine = machine;
        _options = options;
        _isOn = options.Has(MigrationCapability.AutoConverge);
        NextTick = _isOn ? machine.Timeline.NowMilliseconds + SyncInterval : long.MaxValue;
    }

    /// <summary>When <see cref="Tick"/> has to be called next, in milliseconds.</summary>
    public long NextTick { get; private set; }

    /// <summary>Takes a step if it is time to.</summary>
    public void Judge(DirtyRatePeriod.Ended period)
    {
        ulong dirtied = (ulong)period.DirtiedPages * RamBlock.PageSize;
        ulong threshold = (ulong)period.Transferred * (_options.Parameters.ThrottleTriggerThreshold ?? 0) / 100;
        if (dirtied <= threshold || ++_highPeriods < PeriodsPerStep) return;
        _highPeriods = 0;
        if (_isOn) _machine.Throttle(NextPercentage(dirtied, threshold));
    }

    /// <summary>Every five seconds: whether the dirty log has to be synced because it was not synced since.</summary>
    /// <param name="syncCount">How often it was synced so far.</param>
    public bool Tick(long syncCount)
    {
        NextTick += SyncInterval;

        // All of memory goes out in the first pass, whatever is dirtied in it.
        bool due = syncCount > 1 && syncCount == _countAtTick;
        _countAtTick = due ? syncCount + 1 : syncCount;
        return due;
    }

    /// <summary>Gives the guest its time back.</summary>
    public void Stop()
    {
        NextTick = long.MaxValue;
        if (_isOn && _machine.ThrottlePercentage != 0) _machine.Throttle(0);
    }

    private int NextPercentage(ulong dirtied, ulong threshold)
    {
        MigrationParameters parameters = _options.Parameters;
        int now = _machine.ThrottlePercentage;
        int next = parameters.CpuThrottleInitial ?? 0;
        if (now != 0)
        {
            int step = parameters.CpuThrottleIncrement ?? 0;
            if (parameters.CpuThrottleTailslow == true)
            {
                // Near the end no more than what would make the guest dirty as much as the threshold.
                int left = 100 - now;
                step = Math.Min(step, left - (int)(left * ((double)threshold / dirtied)));
            }

            next = Math.Min(now + step, parameters.MaxCpuThrottle ?? 0);
        }

        return Math.Clamp(next, 1, 99);
    }
}
