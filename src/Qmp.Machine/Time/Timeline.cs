namespace Qmp.Machine.Time;

/// <summary>A clock and the activities that advance on it.</summary>
/// <remarks>
/// <para>Migration, devices and guests are written once, as <c>async ValueTask</c> code that waits only on ports:
/// wakers made here, and channels. On <see cref="ThreadTimeline"/> every activity is a thread and every wait is a
/// blocking call that returns a completed task. On <see cref="VirtualTimeline"/> all activities share one thread and
/// run in the order of (virtual time, sequence), so that the same inputs give the same transcript.</para>
/// <para>Code on a timeline therefore starts no thread, uses no timer of its own and never awaits anything that is
/// not a port.</para>
/// </remarks>
public abstract class Timeline
{
    /// <summary>The clock that everything on this timeline reads.</summary>
    public abstract TimeProvider Clock { get; }

    /// <summary>Starts an activity.</summary>
    /// <param name="name">Its name, as <c>query-migrationthreads</c> shows it.</param>
    /// <param name="body">Runs until the activity ends; it handles its own failures.</param>
    public abstract Activity Start(string name, Func<ValueTask> body);

    /// <summary>Makes a waker for one waiting activity.</summary>
    public abstract Waker CreateWaker();

    /// <summary>Milliseconds since an arbitrary start; the unit that QEMU's migration formulas use.</summary>
    public long NowMilliseconds => NowNanoseconds / 1_000_000;

    /// <summary>Nanoseconds since an arbitrary start.</summary>
    public long NowNanoseconds
    {
        get
        {
            long stamp = Clock.GetTimestamp();
            long frequency = Clock.TimestampFrequency;
            return frequency == 1_000_000_000 ? stamp : (long)(stamp * (1e9 / frequency));
        }
    }
}
