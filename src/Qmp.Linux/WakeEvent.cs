namespace Qmp.Linux;

/// <summary>An eventfd: something to wait for beside a descriptor, so that another thread can end the wait.</summary>
/// <remarks>It stays set, and ends every wait at once, until <see cref="Reset"/>.</remarks>
public sealed unsafe class WakeEvent : IDisposable
{
    private const int CloseOnExec = 0x80000; // EFD_CLOEXEC
    private const int NonBlocking = 0x800; // EFD_NONBLOCK

    /// <summary>An event that is not set.</summary>
    /// <exception cref="IOException">There is no descriptor left for it.</exception>
    public WakeEvent()
        : this(Open(out int error))
    {
        if (error < 0) throw new IOException($"cannot make an event: {Errno.Text(error)}");
    }

    private WakeEvent(int descriptor) => Handle = new DescriptorHandle(descriptor, ownsHandle: true);

    internal DescriptorHandle Handle { get; }

    /// <summary>An event that is not set, or <see langword="null"/> with the error.</summary>
    /// <param name="error">The negated error number, or 0.</param>
    public static WakeEvent? TryCreate(out int error) =>
        Open(out error) is >= 0 and int descriptor ? new WakeEvent(descriptor) : null;

    /// <summary>Sets it. Harmless after disposal: nobody waits any more.</summary>
    public void Set()
    {
        ulong one = 1;
        try
        {
            _ = LibC.Write(Handle, (byte*)&one, sizeof(ulong));
        }
        catch (ObjectDisposedException)
        {
            // See above.
        }
    }

    /// <summary>Makes later waits wait again. For the one that waits; a <see cref="Set"/> that comes after it stays.</summary>
    /// <exception cref="ObjectDisposedException">The event is gone.</exception>
    public void Reset()
    {
        ulong count;
        _ = LibC.Read(Handle, (byte*)&count, sizeof(ulong));
    }

    /// <summary>Frees the descriptor.</summary>
    public void Dispose() => Handle.Dispose();

    private static int Open(out int error)
    {
        int descriptor = LibC.OpenEvent(0, CloseOnExec | NonBlocking);
        error = descriptor < 0 ? Errno.Negated : 0;
        return descriptor;
    }
}
