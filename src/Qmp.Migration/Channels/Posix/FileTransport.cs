using Microsoft.Win32.SafeHandles;
using Qmp.Types;

namespace Qmp.Migration.Channels.Posix;

/// <summary>Streams in files (<c>file:</c>), from an offset on.</summary>
internal static class FileTransport
{
    private const int WriteOnly = 1; // O_WRONLY
    private const int ReadOnly = 0; // O_RDONLY
    private const int Create = 0x40; // O_CREAT
    private const int CloseOnExec = 0x80000; // O_CLOEXEC
    private const int Mode = 0x1b0; // 0660
    private const int FromStart = 0; // SEEK_SET

    /// <exception cref="ChannelException">The file cannot be written.</exception>
    public static DescriptorChannel Write(FileMigrationArgs file)
    {
        SafeFileHandle handle = Open(file.Filename, WriteOnly | Create | CloseOnExec, "create");
        if (NativeMethods.Truncate(handle, (long)file.Offset) < 0)
        {
            throw Failure(handle, $"failed to truncate migration file to offset {file.Offset:x}");
        }

        Seek(handle, file.Offset);
        return new DescriptorChannel(null, handle, "file");
    }

    /// <exception cref="ChannelException">The file cannot be read.</exception>
    public static DescriptorChannel Read(FileMigrationArgs file)
    {
        SafeFileHandle handle = Open(file.Filename, ReadOnly | CloseOnExec, "open");
        Seek(handle, file.Offset);
        return new DescriptorChannel(handle, null, "file");
    }

    private static SafeFileHandle Open(string path, int flags, string verb)
    {
        int descriptor = NativeMethods.Open(path, flags, Mode);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw new ChannelException($"Could not {verb} '{path}': {NativeMethods.LastErrorText()}");
    }

    private static void Seek(SafeFileHandle handle, ulong offset)
    {
        if (offset == 0) return;
        if (NativeMethods.Seek(handle, (long)offset, FromStart) < 0)
        {
            throw Failure(handle, "Unable to seek to offset in migration file");
        }
    }

    private static ChannelException Failure(SafeFileHandle handle, string what)
    {
        string text = NativeMethods.LastErrorText();
        handle.Dispose();
        return new ChannelException($"{what}: {text}");
    }
}
