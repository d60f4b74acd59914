namespace Qmp.Machine.Time;

/// <summary>Wakes one waiting activity.</summary>
/// <remarks>
/// A wake-up is kept until a wait takes it, and any number of wake-ups before that count as one. Only one activity
/// may wait at a time; anybody may wake.
/// </remarks>
public abstract class Waker
{
    /// <summary>Wakes the waiting activity, or lets the next wait return at once.</summary>
    public abstract void Wake();

    /// <summary>Waits for a wake-up.</summary>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <returns>Whether a wake-up was taken; otherwise the time was up.</returns>
    public abstract ValueTask<bool> WaitAsync(TimeSpan timeout);

    /// <summary>A limit in nanoseconds, rounded up: who waits for a moment and is up before it would only wait again.</summary>
    public static TimeSpan LimitOf(long nanoseconds) => TimeSpan.FromTicks((nanoseconds + 99) / 100);

    /// <summary>Waits for a wake-up without a limit.</summary>
    public ValueTask<bool> WaitAsync() => WaitAsync(Timeout.InfiniteTimeSpan);
}
