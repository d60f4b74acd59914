using System.Runtime.InteropServices;
using Qmp.Linux;
using Qmp.Types;

namespace Qmp.Migration.Channels.Posix;

/// <summary>Streams in files (<c>file:</c>), from an offset on.</summary>
/// <remarks>
/// Nothing waits here: a FIFO that is to be read is opened at once and waited for later, by the activity that loads. One
/// that is to be written cannot be cut to a length, which is the answer whether somebody reads it or not.
/// </remarks>
internal sealed class FileConnector(IPassedDescriptors passed)
{
    public const ChannelTraits Traits = ChannelTraits.Seekable;

    private const int WriteOnly = 1; // O_WRONLY
    private const int ReadOnly = 0; // O_RDONLY
    private const int Create = 0x40; // O_CREAT
    private const int Direct = 0x4000; // O_DIRECT
    private const uint Mode = 0x180; // 0600
    private const int FromStart = 0; // SEEK_SET
    private const int NoReader = 6; // ENXIO
    private const int Invalid = 22; // EINVAL
    private const string SetPrefix = "/dev/fdset/";

    /// <exception cref="ChannelException">The file cannot be written.</exception>
    public FileChannel Write(FileMigrationArgs file)
    {
        if (Open(file.Filename, WriteOnly | Create, out int error) is not { } handle)
        {
            throw error == -NoReader && Files.IsFifo(file.Filename)
                ? NotTruncated(file, Invalid)
                : new ChannelException($"Could not create '{file.Filename}': {Errno.Text(error)}");
        }

        error = Files.Truncate(handle, (long)file.Offset);
        if (error < 0)
        {
            handle.Dispose();
            throw NotTruncated(file, error);
        }

        Seek(handle, file.Offset);
        return new FileChannel(handle, writes: true);
    }

    /// <exception cref="ChannelException">The file cannot be read.</exception>
    public FileChannel Read(FileMigrationArgs file)
    {
        DescriptorHandle handle = Open(file.Filename, ReadOnly, out int error)
            ?? throw new ChannelException($"Could not open '{file.Filename}': {Errno.Text(error)}");
        Seek(handle, file.Offset);
        return new FileChannel(handle, writes: false);
    }

    /// <summary>Opens the same file once more, for pages.</summary>
    /// <exception cref="ChannelException">It cannot be opened.</exception>
    public PageFile OpenPages(FileMigrationArgs file, bool writes, bool direct)
    {
        int flags = (writes ? WriteOnly : ReadOnly) | (direct ? Direct : 0);
        return new PageFile(Open(file.Filename, flags, out int error)
            ?? throw new ChannelException($"Could not open '{file.Filename}': {Errno.Text(error)}"));
    }

    private DescriptorHandle? Open(string path, int flags, out int error)
    {
        // A set's number stands for a descriptor that a client has opened for us.
        if (path.StartsWith(SetPrefix, StringComparison.Ordinal))
        {
            error = 0;
            return DescriptorNumber.TryParse(path.AsSpan(SetPrefix.Length), out int set)
                ? new DescriptorHandle(passed.Duplicate(set, flags), ownsHandle: true)
                : throw new ChannelException($"Could not parse fdset {path}");
        }

        return Files.Open(path, flags | Files.NonBlocking, Mode, out error);
    }

    private static void Seek(SafeHandle handle, ulong offset)
    {
        if (offset == 0 || Files.Seek(handle, (long)offset, FromStart) is var at && at >= 0) return;
        handle.Dispose();
        throw new ChannelException(
            $"Unable to seek to offset {(long)offset} whence {FromStart} in file: {Errno.Text((int)at)}");
    }

    private static ChannelException NotTruncated(FileMigrationArgs file, int error) =>
        new($"failed to truncate migration file to offset {file.Offset:x}: {Errno.Text(error)}");
}
