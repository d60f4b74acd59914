using Qmp.Machine;
using Qmp.Machine.Time;

namespace Qmp.Devices.Guest;

/// <summary>What a guest has still to do. Its time passes only while the machine runs.</summary>
/// <remarks>
/// An item is done with the machine's lock held. It may stop the machine: nothing waits for an item that is being done.
/// </remarks>
public sealed class GuestAgenda(VirtualMachine machine) : IGuest
{
    private readonly Waker _waker = machine.Timeline.CreateWaker();
    private readonly Lock _gate = new(); // guards what follows
    private readonly List<Item> _items = [];
    private Activity? _activity;
    private bool _runs;

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
        lock (_gate) _items.Add(new Item(machine.Clock.Nanoseconds + (after.Ticks * 100), action));
        _waker.Wake();
    }

    /// <summary>Forgets everything, as a guest does that starts anew.</summary>
    public void Clear()
    {
        lock (_gate) _items.Clear();
    }

    /// <inheritdoc/>
    public void Start()
    {
        lock (_gate)
        {
            if (_runs) return;
            _runs = true;
            _activity = machine.Timeline.Start("guest", RunAsync);
        }
    }

    /// <inheritdoc/>
    public async ValueTask StopAsync()
    {
        Activity? activity;
        lock (_gate)
        {
            _runs = false;
            activity = _activity;
            _activity = null;
        }

        if (activity is null) return;
        _waker.Wake();
        await activity.JoinAsync();
    }

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
                if (!_runs) return;
                long now = machine.Clock.Nanoseconds;
                foreach (Item item in _items.Where(i => i.Due <= now).ToList()) Begin(item);
                next = _items.Count == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromTicks((_items.Min(i => i.Due) - now + 99) / 100);
            }

            await _waker.WaitAsync(next);
        }
    }

    // On an activity of its own, because it may stop the machine, which waits for the one that calls.
    private void Begin(Item item)
    {
        _items.Remove(item);
        machine.Timeline.Start("guest-action", async () =>
        {
            using TimelineLock.Hold hold = await machine.Lock.EnterAsync();
            if (machine.IsRunning) await item.Action();
            else Add(TimeSpan.Zero, item.Action);
        });
    }

    private sealed record Item(long Due, Func<ValueTask> Action);
}
