using Microsoft.Win32.SafeHandles;
using Qmp.Server.Dispatch;

namespace Qmp.Emulator.Files;

/// <summary>The descriptor that came with a command; it is closed unless the command keeps it.</summary>
internal readonly ref struct PassedDescriptor
{
    private readonly SafeFileHandle _handle;

    /// <exception cref="CommandException">The client passed no descriptor.</exception>
    public PassedDescriptor(IMonitorSession session)
    {
        int descriptor = session.TakeDescriptor();
        if (descriptor < 0) throw new CommandException("No file descriptor supplied via SCM_RIGHTS");
        _handle = new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>The descriptor, which is the caller's from now on.</summary>
    public int Keep()
    {
        int descriptor = (int)_handle.DangerousGetHandle();
        _handle.SetHandleAsInvalid();
        return descriptor;
    }

    public void Dispose() => _handle.Dispose();
}
