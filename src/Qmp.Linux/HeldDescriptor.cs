using System.Runtime.InteropServices;

namespace Qmp.Linux;

/// <summary>
/// A descriptor that is not closed while a call waits on it: its number could be another file's a moment later.
/// </summary>
public readonly ref struct HeldDescriptor
{
    private readonly SafeHandle? _handle;

    /// <summary>Holds a descriptor until this is disposed.</summary>
    /// <param name="handle">The descriptor, or <see langword="null"/> for none.</param>
    /// <exception cref="ObjectDisposedException">The descriptor was closed before.</exception>
    public HeldDescriptor(SafeHandle? handle)
    {
        bool held = false;
        handle?.DangerousAddRef(ref held);
        _handle = handle;
    }

    /// <summary>The descriptor's number, or -1 if there is none.</summary>
    public int Number => _handle is null ? -1 : (int)_handle.DangerousGetHandle();

    /// <summary>Lets go.</summary>
    public void Dispose() => _handle?.DangerousRelease();
}
