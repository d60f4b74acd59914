using Qmp.Machine.Time;

namespace Qmp.Machine;

/// <summary>The activity that a guest runs on whenever its machine does.</summary>
/// <param name="timeline">The machine's timeline.</param>
/// <param name="name">What the activity is called.</param>
/// <param name="body">Runs until <see cref="IsWanted"/> is false; looks at that after each <see cref="WaitAsync"/>.</param>
public sealed class GuestActivity(Timeline timeline, string name, Func<ValueTask> body)
{
    private readonly Waker _waker = timeline.CreateWaker();
    private readonly Lock _gate = new(); // guards writes of the two
    private Activity? _activity;
    private volatile bool _isWanted;

    /// <summary>Whether the guest is to go on.</summary>
    public bool IsWanted => _isWanted;

    /// <summary>Begins, unless it has.</summary>
    public void Start()
    {
        lock (_gate)
        {
            if (_isWanted) return;
            _isWanted = true;
            _activity = timeline.Start(name, body);
        }
    }

    /// <summary>Ends the body's wait and waits for its end.</summary>
    public async ValueTask StopAsync()
    {
        Activity? activity;
        lock (_gate)
        {
            _isWanted = false;
            activity = _activity;
            _activity = null;
        }

        if (activity is null) return;
        _waker.Wake();
        await activity.JoinAsync();
    }

    /// <summary>Ends the body's wait, because there is something new for it.</summary>
    public void Wake() => _waker.Wake();

    /// <summary>Waits. Only the body does.</summary>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <returns>As of <see cref="Waker.WaitAsync(TimeSpan)"/>.</returns>
    public ValueTask<bool> WaitAsync(TimeSpan timeout) => _waker.WaitAsync(timeout);
}
