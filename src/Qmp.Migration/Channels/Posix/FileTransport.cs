using Microsoft.Win32.SafeHandles;
using Qmp.Types;

namespace Qmp.Migration.Channels.Posix;

/// <summary>Streams in files (<c>file:</c>), from an offset on.</summary>
internal sealed class FileTransport
{
    private const int WriteOnly = 1; // O_WRONLY
    private const int ReadOnly = 0; // O_RDONLY
    private const int Create = 0x40; // O_CREAT
    private const int CloseOnExec = 0x80000; // O_CLOEXEC
    private const int Mode = 0x180; // 0600
    private const int FromStart = 0; // SEEK_SET
    private const string SetPrefix = "/dev/fdset/";

    private readonly IPassedDescriptors _passed;

    public FileTransport(IPassedDescriptors passed) => _passed = passed;

    /// <exception cref="ChannelException">The file cannot be written.</exception>
    public DescriptorChannel Write(FileMigrationArgs file)
    {
        SafeFileHandle handle = Open(file.Filename, WriteOnly | Create, "create");
        if (NativeMethods.Truncate(handle, (long)file.Offset) < 0)
        {
            throw Failure(handle, $"failed to truncate migration file to offset {file.Offset:x}");
        }

        Seek(handle, file.Offset);
        return new DescriptorChannel(null, handle, "file");
    }

    /// <exception cref="ChannelException">The file cannot be read.</exception>
    public DescriptorChannel Read(FileMigrationArgs file)
    {
        SafeFileHandle handle = Open(file.Filename, ReadOnly, "open");
        Seek(handle, file.Offset);
        return new DescriptorChannel(handle, null, "file");
    }

    private SafeFileHandle Open(string path, int flags, string verb)
    {
        // A set's number stands for a descriptor that a client has opened for us.
        if (path.StartsWith(SetPrefix, StringComparison.Ordinal))
        {
            return DescriptorNumber.TryParse(path.AsSpan(SetPrefix.Length), out int set)
                ? new SafeFileHandle(_passed.Duplicate(set, flags), ownsHandle: true)
                : throw new ChannelException($"Could not parse fdset {path}");
        }

        int descriptor = NativeMethods.Open(path, flags | CloseOnExec, Mode);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw new ChannelException($"Could not {verb} '{path}': {NativeMethods.LastErrorText()}");
    }

    private static void Seek(SafeFileHandle handle, ulong offset)
    {
        if (offset == 0) return;
        if (NativeMethods.Seek(handle, (long)offset, FromStart) < 0)
        {
            throw Failure(handle, $"Unable to seek to offset {(long)offset} whence {FromStart} in file");
        }
    }

    private static ChannelException Failure(SafeFileHandle handle, string what)
    {
        string text = NativeMethods.LastErrorText();
        handle.Dispose();
        return new ChannelException($"{what}: {text}");
    }
}
