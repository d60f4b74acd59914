using System.Buffers;
using Qmp.Linux;
using Qmp.Migration.Channels;

namespace Qmp.Migration.Postcopy;

/// <summary>A stream in memory: the package that a source makes of its devices' state, and a destination takes apart.</summary>
internal sealed class MemoryChannel : IMigrationChannel
{
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private int _read;

    /// <summary>An empty one, to be written.</summary>
    public MemoryChannel()
    {
    }

    /// <summary>One of bytes, to be read.</summary>
    public MemoryChannel(ReadOnlySpan<byte> bytes) => _bytes.Write(bytes);

    /// <summary>What was written.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.WrittenMemory;

    public bool HasUnread => false;

    public bool IsConnection => false;

    public bool IsStarting => false;

    public ValueTask WriteAsync(ReadOnlyMemory<IoVector> pieces)
    {
        foreach (IoVector piece in pieces.Span)
        {
            using var memory = new PieceMemory(piece);
            _bytes.Write(memory.Memory.Span);
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        int count = Math.Min(buffer.Length, _bytes.WrittenCount - _read);
        _bytes.WrittenMemory.Slice(_read, count).CopyTo(buffer);
        _read += count;
        return new ValueTask<int>(count);
    }

    public ValueTask<bool> WaitForHangUpAsync(TimeSpan timeout) => new(false);

    public ValueTask FinishAsync() => ValueTask.CompletedTask;

    public void Shutdown()
    {
    }

    public void Dispose()
    {
    }
}
