using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Qmp.Protocol.Transport;

/// <summary>An eventfd: something to poll beside a socket, so that another thread can end the wait.</summary>
internal sealed unsafe class WakeDescriptor : IDisposable
{
    private readonly SafeFileHandle _event;

    public WakeDescriptor()
    {
        int descriptor = LibC.EventDescriptor(0, LibC.EventCloseOnExec | LibC.EventNonBlocking);
        if (descriptor < 0) throw new Win32Exception(Marshal.GetLastPInvokeError());
        _event = new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Ends the current or the next <see cref="Wait"/>; harmless after disposal.</summary>
    public void Wake()
    {
        ulong one = 1;
        try
        {
            LibC.Write(_event, (byte*)&one, sizeof(ulong));
        }
        catch (ObjectDisposedException)
        {
            // Whoever waited is gone.
        }
    }

    /// <summary>Waits for <see cref="Wake"/>.</summary>
    /// <param name="descriptor">What to watch meanwhile.</param>
    /// <returns>Whether it is still connected to something.</returns>
    public bool WaitUnlessGone(SafeHandle descriptor)
    {
        try
        {
            return (Wait(descriptor, 0, out _) & (LibC.PollHangUp | LibC.PollError)) == 0;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Waits for events of a descriptor or for <see cref="Wake"/>.</summary>
    /// <param name="descriptor">What to watch; a hang-up is always watched.</param>
    /// <param name="events">Which events to watch for.</param>
    /// <param name="woken">Whether the wait was ended by <see cref="Wake"/>, which is used up by that.</param>
    /// <returns>The events that came.</returns>
    public short Wait(SafeHandle descriptor, short events, out bool woken)
    {
        bool held = false;
        bool eventHeld = false;
        try
        {
            descriptor.DangerousAddRef(ref held);
            _event.DangerousAddRef(ref eventHeld);
            LibC.PollDescriptor* watched = stackalloc LibC.PollDescriptor[2];
            watched[0] = new() { Descriptor = (int)descriptor.DangerousGetHandle(), Events = events };
            watched[1] = new() { Descriptor = (int)_event.DangerousGetHandle(), Events = LibC.PollIn };
            while (LibC.Poll(watched, 2, -1) < 0)
            {
                int error = Marshal.GetLastPInvokeError();
                if (error != LibC.Interrupted) throw new Win32Exception(error);
            }

            woken = watched[1].Returned != 0;
            if (woken) Consume();
            return watched[0].Returned;
        }
        finally
        {
            if (eventHeld) _event.DangerousRelease();
            if (held) descriptor.DangerousRelease();
        }
    }

    public void Dispose() => _event.Dispose();

    private void Consume()
    {
        ulong count;
        LibC.Read(_event, (byte*)&count, sizeof(ulong));
    }
}
