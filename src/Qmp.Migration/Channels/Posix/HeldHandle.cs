using System.Runtime.InteropServices;

namespace Qmp.Migration.Channels.Posix;

/// <summary>
/// A descriptor that is not closed while a call waits on it: its number could be another file's a moment later.
/// </summary>
internal readonly ref struct HeldHandle
{
    private readonly SafeHandle? _handle;

    /// <exception cref="ObjectDisposedException">It was closed before.</exception>
    public HeldHandle(SafeHandle? handle)
    {
        bool held = false;
        handle?.DangerousAddRef(ref held);
        _handle = handle;
    }

    /// <summary>The descriptor, or -1 if there is none.</summary>
    public int Descriptor => _handle is null ? -1 : (int)_handle.DangerousGetHandle();

    public void Dispose() => _handle?.DangerousRelease();
}
