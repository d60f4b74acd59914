using System.Globalization;
using Qmp.Linux;

namespace Qmp.Migration.Channels.Posix;

/// <summary>Streams over descriptors that a client passed or the process inherited (<c>fd:</c>).</summary>
internal sealed class DescriptorConnector(IPassedDescriptors passed)
{
    private const int ReadOnly = 0; // O_RDONLY
    private const int WriteOnly = 1; // O_WRONLY

    /// <summary>The channel to a destination: a descriptor by the name of <c>getfd</c>.</summary>
    /// <exception cref="ChannelException">No descriptor was passed under that name.</exception>
    public IMigrationChannel Write(string name, Action meetFile) => Open(Named(name), writing: true, meetFile);

    /// <summary>The channel from a source: a name, or the number of an inherited descriptor.</summary>
    /// <exception cref="ChannelException">There is no such descriptor.</exception>
    public IMigrationChannel Read(string name, Action meetFile) =>
        Open(name is [>= '0' and <= '9', ..] ? Inherited(name) : Named(name), writing: false, meetFile);

    private static int Inherited(string number) => DescriptorNumber.TryParse(number, out int descriptor)
        ? descriptor
        : throw new ChannelException($"Invalid file descriptor number '{number}'");

    private int Named(string name) => passed.Take(name) is var descriptor && descriptor >= 0
        ? descriptor
        : throw new ChannelException($"File descriptor named '{name}' has not been found");

    private static IMigrationChannel Open(int descriptor, bool writing, Action meetFile)
    {
        var handle = new DescriptorHandle(descriptor, ownsHandle: true);
        if (SocketOptions.IsSocket(descriptor)) return new SocketChannel(handle);
        if (Files.IsPipe(handle)) handle = OwnPipe(handle, writing);
        else MeetFile(handle, meetFile);
        return new DescriptorChannel(writing ? null : handle, writing ? handle : null, "file");
    }

    private static void MeetFile(DescriptorHandle handle, Action meetFile)
    {
        try
        {
            meetFile();
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    // The process that passed a pipe may continue to use it, so the flag that makes it pollable must not be set on the pipe as it
    // was passed: opening it anew gives a description of our own.
    private static DescriptorHandle OwnPipe(DescriptorHandle passed, bool writing)
    {
        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{passed.DangerousGetHandle()}");
        DescriptorHandle? own = Files.Open(path, (writing ? WriteOnly : ReadOnly) | Files.NonBlocking, 0, out _);
        if (own is null) return passed;
        passed.Dispose();
        return own;
    }
}
