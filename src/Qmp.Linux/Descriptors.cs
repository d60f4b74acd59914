using System.Runtime.InteropServices;

namespace Qmp.Linux;

/// <summary>Waiting for descriptors (<c>poll</c>), whatever mode they are in.</summary>
/// <remarks>
/// O_NONBLOCK belongs to the open file, which other processes may share and change at any time. So nothing here
/// relies on it: who is told <see cref="Errno.TryAgain"/> waits here and calls again.
/// </remarks>
public static unsafe class Descriptors
{
    private const int MaxHandles = 16;

    /// <summary>What can be done with a descriptor at this moment.</summary>
    /// <exception cref="ObjectDisposedException">The descriptor was closed before.</exception>
    public static PollEvents Look(SafeHandle handle, PollEvents events) => Wait(handle, events, 0);

    /// <summary>Waits until something happens to a descriptor, or the time is up.</summary>
    /// <param name="handle">The descriptor, or <see langword="null"/> to let the time pass.</param>
    /// <param name="events">What to wait for.</param>
    /// <param name="milliseconds">How long at most; -1 for ever.</param>
    /// <returns>What happened, or <see cref="PollEvents.None"/>.</returns>
    /// <exception cref="ObjectDisposedException">The descriptor was closed before.</exception>
    public static PollEvents Wait(SafeHandle? handle, PollEvents events, int milliseconds = -1)
    {
        using var held = new HeldDescriptor(handle);
        var entry = new LibC.PollEntry(held.Number, events);
        Poll(&entry, 1, milliseconds);
        return entry.Returned;
    }

    /// <summary>Waits until something happens to a descriptor, the event is set, or the time is up.</summary>
    /// <param name="handle">The descriptor, or <see langword="null"/> to wait for the event alone.</param>
    /// <param name="events">What to wait for.</param>
    /// <param name="wake">Ends the wait; stays set.</param>
    /// <param name="woken">Whether the event is set.</param>
    /// <param name="milliseconds">How long at most; -1 for ever.</param>
    /// <returns>What happened to the descriptor.</returns>
    /// <exception cref="ObjectDisposedException">One of them was closed before.</exception>
    public static PollEvents Wait(
        SafeHandle? handle, PollEvents events, WakeEvent wake, out bool woken, int milliseconds = -1)
    {
        using var heldWake = new HeldDescriptor(wake.Handle);
        using var held = new HeldDescriptor(handle);
        LibC.PollEntry* entries = stackalloc LibC.PollEntry[2];
        entries[0] = new LibC.PollEntry(heldWake.Number, PollEvents.Readable);
        entries[1] = new LibC.PollEntry(held.Number, events);
        Poll(entries, 2, milliseconds);
        woken = entries[0].Returned != PollEvents.None;
        return entries[1].Returned;
    }

    /// <summary>Waits until something happens to one of several descriptors, or the event is set.</summary>
    /// <param name="handles">At most 16 of them.</param>
    /// <param name="events">What to wait for.</param>
    /// <param name="wake">Ends the wait; stays set.</param>
    /// <param name="after">Where to begin to look, so that none is looked at first every time.</param>
    /// <returns>The index of a descriptor that something happened to, or -1 if only the event is set.</returns>
    /// <exception cref="ObjectDisposedException">One of them was closed before.</exception>
    public static int WaitAny(IReadOnlyList<SafeHandle> handles, PollEvents events, WakeEvent wake, int after = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(handles.Count, MaxHandles);
        int held = 0;
        LibC.PollEntry* entries = stackalloc LibC.PollEntry[MaxHandles + 1];
        using var heldWake = new HeldDescriptor(wake.Handle);
        try
        {
            for (; held < handles.Count; held++)
            {
                bool added = false;
                handles[held].DangerousAddRef(ref added);
                entries[held] = new LibC.PollEntry((int)handles[held].DangerousGetHandle(), events);
            }

            entries[held] = new LibC.PollEntry(heldWake.Number, PollEvents.Readable);
            Poll(entries, held + 1, -1);
            for (int i = 0; i < held && entries[held].Returned == PollEvents.None; i++)
            {
                int index = (after + i) % held;
                if (entries[index].Returned != PollEvents.None) return index;
            }

            return -1;
        }
        finally
        {
            while (held-- > 0) handles[held].DangerousRelease();
        }
    }

    private static void Poll(LibC.PollEntry* entries, int count, int milliseconds)
    {
        // A signal may make a limited wait longer, never shorter; none of ours is exact.
        while (LibC.Poll(entries, (nuint)count, milliseconds) < 0)
        {
            int error = Errno.Negated;
            if (error != -Errno.Interrupted) throw new IOException($"cannot wait for descriptors: {Errno.Text(error)}");
        }
    }
}
