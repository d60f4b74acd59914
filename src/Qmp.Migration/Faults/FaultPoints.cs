using Qmp.Machine.Time;
using Qmp.Migration.Status;
using Qmp.Types;
using Serilog;

namespace Qmp.Migration.Faults;

/// <summary>The faults that are set for the migrations of one machine, and the activities that a fault has halted.</summary>
/// <remarks>
/// <para>Nothing planned costs one branch a point. Faults are taken in the order of time: what two activities reach
/// at once happens once.</para>
/// <para>No point lies where the machine's lock is held, so that everything can be asked while something is held.
/// May be called from any thread.</para>
/// </remarks>
public sealed class FaultPoints
{
    private static readonly TimeSpan DefaultDelay = TimeSpan.FromMilliseconds(100);

    private readonly Timeline _timeline;
    private readonly ILogger _logger;
    private readonly Lock _gate = new(); // guards everything below
    private readonly SortedDictionary<FaultPoint, Planned> _planned = [];
    private readonly List<Halt> _halts = [];
    private bool _ended;
    private volatile bool _armed;

    /// <summary>No faults.</summary>
    /// <param name="timeline">Where the machine's migrations run.</param>
    /// <param name="logger">Records each fault.</param>
    public FaultPoints(Timeline timeline, ILogger logger)
    {
        _timeline = timeline;
        _logger = logger;
    }

    /// <summary>Called when a fault happens, before it does anything, by the activity that has reached it.</summary>
    public event Action<FaultOccurrence>? Happening;

    /// <summary>Whether anything is planned.</summary>
    internal bool IsArmed => _armed;

    /// <summary>Plans a fault, in place of the one at the same point; a count of 0 takes it away.</summary>
    /// <exception cref="MigrationException">That action is for other points.</exception>
    public void Set(FaultPlan plan)
    {
        bool fits = plan.Action switch
        {
            FaultAction.Drop => plan.Point is FaultPoint.PageRequest or FaultPoint.PageServe,
            FaultAction.OtherPage => plan.Point == FaultPoint.PageServe,
            _ => true,
        };
        if (!fits) throw new MigrationException($"'{plan.Action.ToWireName()}' is no fault of '{plan.Point.ToWireName()}'");
        lock (_gate)
        {
            if (plan.Count == 0) _planned.Remove(plan.Point);
            else _planned[plan.Point] = new Planned(plan);
            Rearm();
        }
    }

    /// <summary>Lets what is held go on.</summary>
    /// <param name="point">Where, or <see langword="null"/> for everywhere.</param>
    /// <returns>Whether anything was held there.</returns>
    public bool Release(FaultPoint? point)
    {
        lock (_gate)
        {
            List<Halt> released = _halts.FindAll(h => h.IsHold && (point is null || h.Point == point));
            foreach (Halt halt in released)
            {
                _halts.Remove(halt);
                halt.End();
            }

            return released.Count > 0;
        }
    }

    /// <summary>The faults planned and past, in the order of their points.</summary>
    public IReadOnlyList<FaultInfo> Query()
    {
        lock (_gate) return [.. _planned.Values.Select(p => p.Describe(IsHeld(p.Plan.Point)))];
    }

    /// <summary>Ends all faults, because the machine ends: halted activities continue.</summary>
    public void Shutdown()
    {
        lock (_gate)
        {
            _ended = true;
            _armed = false;
            foreach (Halt halt in _halts) halt.End();
            _halts.Clear();
        }
    }

    /// <summary>Does what is planned for the point.</summary>
    /// <returns>What only the caller can do, if that is planned.</returns>
    internal async ValueTask<FaultAction?> ReachAsync(FaultPoint point, IFaultTarget target)
    {
        if (!IsDue(point, target)) return null;
        await target.SettleAsync(point);
        if (Take(point, target) is not var (plan, halt)) return null;
        _logger.Information("fault {Point} {Action} at {Position}", point, plan.Action, target.Position);
        Happening?.Invoke(new FaultOccurrence(point, plan.Action, target.Position));
        switch (plan.Action)
        {
            case FaultAction.Fail:
                throw new FaultException(point);

            case FaultAction.Close:
                target.Close();
                break;

            case FaultAction.Corrupt:
                target.Corrupt(point);
                break;

            case FaultAction.Drop or FaultAction.OtherPage:
                return plan.Action;

            default:
                await halt!.WaitAsync();
                lock (_gate) _halts.Remove(halt);
                break;
        }

        return null;
    }

    private bool IsDue(FaultPoint point, IFaultTarget target)
    {
        lock (_gate) return _planned.TryGetValue(point, out Planned? planned) && planned.IsDue(target);
    }

    // A halt is entered together with the count, so that a client that sees the hit also sees the halt.
    private (FaultPlan Plan, Halt? Halt)? Take(FaultPoint point, IFaultTarget target)
    {
        lock (_gate)
        {
            if (_ended || !_planned.TryGetValue(point, out Planned? planned) || !planned.IsDue(target)) return null;
            planned.Hit();
            Rearm();
            FaultPlan plan = planned.Plan;
            if (plan.Action is not (FaultAction.Hold or FaultAction.Delay)) return (plan, null);
            TimeSpan limit = plan.Action == FaultAction.Hold ? Timeout.InfiniteTimeSpan
                : plan.DelayMs is { } delay ? TimeSpan.FromMilliseconds(delay)
                : DefaultDelay;
            var halt = new Halt(point, limit, _timeline.CreateWaker());
            _halts.Add(halt);
            return (plan, halt);
        }
    }

    private bool IsHeld(FaultPoint point) => _halts.Exists(h => h.IsHold && h.Point == point);

    private void Rearm() => _armed = !_ended && _planned.Values.Any(p => p.Left > 0);

    private sealed class Planned(FaultPlan plan)
    {
        private uint _hits;

        public FaultPlan Plan { get; } = plan;

        public uint Left { get; private set; } = plan.Count ?? 1;

        public bool IsDue(IFaultTarget target) =>
            Left > 0 && (ulong)target.Position >= (Plan.AfterBytes ?? 0) && target.Elapsed >= (Plan.AfterMs ?? 0);

        public void Hit()
        {
            _hits++;
            Left--;
        }

        public FaultInfo Describe(bool held) => new()
        {
            Point = Plan.Point,
            Action = Plan.Action,
            AfterBytes = Plan.AfterBytes,
            AfterMs = Plan.AfterMs,
            DelayMs = Plan.DelayMs,
            Count = Left,
            Hits = _hits,
            Held = held,
        };
    }

    // Something that stands still.
    private sealed class Halt(FaultPoint point, TimeSpan limit, Waker waker)
    {
        public FaultPoint Point { get; } = point;

        public bool IsHold => limit == Timeout.InfiniteTimeSpan;

        public void End() => waker.Wake();

        public async ValueTask WaitAsync() => await waker.WaitAsync(limit);
    }
}
