using System.Globalization;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Qmp.Migration.Channels.Posix;

/// <summary>Streams over descriptors that somebody passed to us (<c>fd:</c>).</summary>
internal sealed class DescriptorTransport
{
    private const int ReadOnlyNonBlocking = 0x800; // O_RDONLY | O_NONBLOCK
    private const int WriteOnlyNonBlocking = 0x801; // O_WRONLY | O_NONBLOCK
    private readonly IPassedDescriptors _passed;

    public DescriptorTransport(IPassedDescriptors passed) => _passed = passed;

    /// <summary>The channel to a destination: a descriptor by the name of <c>getfd</c>.</summary>
    /// <exception cref="ChannelException">There is none of that name.</exception>
    public IMigrationChannel Write(string name, Action<string> warn) => Open(Named(name), writing: true, warn);

    /// <summary>The channel from a source: a name, or the number of an inherited descriptor.</summary>
    /// <exception cref="ChannelException">There is no such descriptor.</exception>
    public IMigrationChannel Read(string name, Action<string> warn) =>
        Open(name is [>= '0' and <= '9', ..] ? Inherited(name) : Named(name), writing: false, warn);

    private static int Inherited(string number) => DescriptorNumber.TryParse(number, out int descriptor)
        ? descriptor
        : throw new ChannelException($"Invalid file descriptor number '{number}'");

    private int Named(string name) => _passed.Take(name) is var descriptor && descriptor >= 0
        ? descriptor
        : throw new ChannelException($"File descriptor named '{name}' has not been found");

    private static IMigrationChannel Open(int descriptor, bool writing, Action<string> warn)
    {
        if (NativeMethods.IsSocket(descriptor))
        {
            return new SocketChannel(new Socket(new SafeSocketHandle(descriptor, ownsHandle: true)));
        }

        if (!NativeMethods.IsPipe(new SafeFileHandle(descriptor, ownsHandle: false)))
        {
            warn("fd: migration to a file is deprecated. Use file: instead.");
        }

        SafeFileHandle handle = OwnPipe(new SafeFileHandle(descriptor, ownsHandle: true), writing);
        return new DescriptorChannel(writing ? null : handle, writing ? handle : null, "file");
    }

    // Whoever passed a pipe may go on using it, so the flag that makes it pollable must not be set on the pipe as it
    // was passed: opening it anew gives a description of our own.
    private static SafeFileHandle OwnPipe(SafeFileHandle passed, bool writing)
    {
        if (!NativeMethods.IsPipe(passed)) return passed;
        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{passed.DangerousGetHandle()}");
        int own = NativeMethods.Open(path, writing ? WriteOnlyNonBlocking : ReadOnlyNonBlocking, 0);
        if (own < 0) return passed;
        passed.Dispose();
        return new SafeFileHandle(own, ownsHandle: true);
    }
}
