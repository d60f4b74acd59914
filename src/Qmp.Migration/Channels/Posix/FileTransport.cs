using System.Globalization;
using System.Runtime.InteropServices;
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
    private const int Mode = 0x1b0; // 0660
    private const int FromStart = 0; // SEEK_SET
    private const string SetPrefix = "/dev/fdset/";

    private readonly IPassedDescriptors _passed;

    public FileTransport(IPassedDescriptors passed) => _passed = passed;

    /// <exception cref="ChannelException">The file cannot be written.</exception>
    public DescriptorChannel Write(FileMigrationArgs file)
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
    public DescriptorChannel Read(FileMigrationArgs file)
    {
        SafeFileHandle handle = Open(file.Filename, ReadOnly | CloseOnExec, "open");
        Seek(handle, file.Offset);
        return new DescriptorChannel(handle, null, "file");
    }

    private SafeFileHandle Open(string path, int flags, string verb)
    {
        int descriptor = OpenDescriptor(path, flags);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw new ChannelException($"Could not {verb} '{path}': {NativeMethods.LastErrorText()}");
    }

    // A set's number stands for a descriptor that a client has opened for us.
    private int OpenDescriptor(string path, int flags)
    {
        if (path.StartsWith(SetPrefix, StringComparison.Ordinal)
            && long.TryParse(
                path.AsSpan(SetPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long set))
        {
            int duplicate = _passed.Duplicate(set, writing: (flags & WriteOnly) != 0);
            if (duplicate < 0) Marshal.SetLastPInvokeError(NativeMethods.NoEntry);
            return duplicate;
        }

        return NativeMethods.Open(path, flags, Mode);
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
