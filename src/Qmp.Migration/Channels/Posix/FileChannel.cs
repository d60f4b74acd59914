using System.Runtime.InteropServices;
using Qmp.Linux;

namespace Qmp.Migration.Channels.Posix;

/// <summary>A stream in a file.</summary>
internal sealed class FileChannel : ISeekableChannel
{
    private const int FromStart = 0; // SEEK_SET
    private const int FromHere = 1; // SEEK_CUR

    private readonly SafeHandle _file;
    private readonly PageFile _pages;
    private readonly DescriptorChannel _stream;

    /// <param name="file">The file.</param>
    /// <param name="writes">Whether the stream is written; otherwise it is read.</param>
    /// <exception cref="ChannelException">No descriptors are left; the file is closed.</exception>
    public FileChannel(SafeHandle file, bool writes)
    {
        _file = file;
        _pages = new PageFile(file);
        _stream = writes ? new DescriptorChannel(null, file, "file") : new DescriptorChannel(file, null, "file");
    }

    public long Position
    {
        get => Files.Seek(_file, 0, FromHere);
        set
        {
            if (Files.Seek(_file, value, FromStart) is var error and < 0)
            {
                throw new ChannelException($"Unable to seek to offset {value} whence {FromStart} in file: {Errno.Text((int)error)}");
            }
        }
    }

    public bool HasUnread => _stream.HasUnread;

    public bool IsStarting => _stream.IsStarting;

    public bool IsConnection => _stream.IsConnection;

    /// <inheritdoc cref="DescriptorChannel.WaitForInput"/>
    public bool WaitForInput() => _stream.WaitForInput();

    public ValueTask WriteAsync(ReadOnlyMemory<IoVector> pieces) => _stream.WriteAsync(pieces);

    public ValueTask<int> ReadAsync(Memory<byte> buffer) => _stream.ReadAsync(buffer);

    public ValueTask WriteAtAsync(ReadOnlyMemory<IoVector> pieces, long offset) => _pages.WriteAtAsync(pieces, offset);

    public ValueTask<long> ReadAtAsync(ReadOnlyMemory<IoVector> pieces, long offset) => _pages.ReadAtAsync(pieces, offset);

    public ValueTask<bool> WaitForHangUpAsync(TimeSpan timeout) => _stream.WaitForHangUpAsync(timeout);

    public ValueTask FinishAsync() => _stream.FinishAsync();

    public void Shutdown() => _stream.Shutdown();

    public void Dispose() => _stream.Dispose();
}
