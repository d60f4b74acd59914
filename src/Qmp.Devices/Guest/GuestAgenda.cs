using Qmp.Machine;
using Qmp.Machine.Time;

namespace Qmp.Devices.Guest;

/// <summary>What a guest has still to do. Its time passes only while the machine runs.</summary>
/// <remarks>
/// An item is done with the machine's lock held. It may stop the machine: nothing waits for an item that is being done.
/// </remarks>
public sealed class GuestAgenda : IGuest
{
    private readonly VirtualMachine _machine;
    private readonly GuestActivity _activity;
    private readonly Lock _gate = new();
    private readonly List<Item> _items = []; // guarded by _gate

    /// <summary>Nothing to do yet.</summary>
    public GuestAgenda(VirtualMachine machine)
    {
        _machine = machine;
        _activity = new GuestActivity(machine.Timeline, "guest", RunAsync);
    }

    /// <summary>Whether there is nothing to do.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_gate) return _items.Count == 0;
        }
    }

    /// <summary>Does something when the guest has run for that long from now.</summary>
    public void Add(TimeSpan after, Func<ValueTask> action)
    {
        lock (_gate) _items.Add(new Item(_machine.Clock.Nanoseconds + (after.Ticks * 100), action));
        _activity.Wake();
    }

    /// <summary>Forgets everything, as a guest does that starts anew.</summary>
    public void Clear()
    {
        lock (_gate) _items.Clear();
    }

    /// <inheritdoc/>
    public void Start() => _activity.Start();

    /// <inheritdoc/>
    public ValueTask StopAsync() => _activity.StopAsync();

    /// <inheritdoc/>
    public void Throttle(int percent)
    {
    }

    private async ValueTask RunAsync()
    {
        while (true)
        {
            TimeSpan next;
            lock (_gate)
            {
                if (!_activity.IsWanted) return;
                long now = _machine.Clock.Nanoseconds;
                foreach (Item item in _items.Where(i => i.Due <= now).ToList()) Begin(item);
                next = _items.Count == 0 ? Timeout.InfiniteTimeSpan : Waker.LimitOf(_items.Min(i => i.Due) - now);
            }

            await _activity.WaitAsync(next);
        }
    }

    // On an activity of its own, because it may stop the machine, which waits for the one that calls.
    private void Begin(Item item)
    {
        _items.Remove(item);
        _machine.Timeline.Start("guest-action", async () =>
        {
            using TimelineLock.Hold hold = await _machine.Lock.EnterAsync();
            if (_machine.IsRunning) await item.Action();
            else Add(TimeSpan.Zero, item.Action);
        });
    }

    private sealed record Item(long Due, Func<ValueTask> Action);
}
