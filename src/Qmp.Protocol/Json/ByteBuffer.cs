using System.Buffers;
using System.Runtime.CompilerServices;

namespace Qmp.Protocol.Json;

/// <summary>A growing run of bytes on pooled arrays, reused from message to message. Not for concurrent use.</summary>
public sealed class ByteBuffer : IBufferWriter<byte>, IDisposable
{
    /// <summary>
    /// What <see cref="Clear"/> and the pool keep: a rare huge message must not stay allocated for ever.
    /// </summary>
    private const int KeptCapacity = 1 << 20;

    private byte[] _bytes;
    private int _length;

    /// <summary>An empty buffer.</summary>
    /// <param name="capacity">Bytes to start with.</param>
    public ByteBuffer(int capacity = 256) => _bytes = ArrayPool<byte>.Shared.Rent(capacity);

    /// <summary>How many bytes were written.</summary>
    public int Length => _length;

    /// <summary>What was written; valid until the next write.</summary>
    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, _length);

    /// <inheritdoc cref="Span"/>
    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, _length);

    /// <summary>Empties the buffer.</summary>
    public void Clear()
    {
        _length = 0;
        if (_bytes.Length > KeptCapacity) Replace(ArrayPool<byte>.Shared.Rent(256));
    }

    /// <summary>Drops everything behind the first <paramref name="length"/> bytes.</summary>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)_length, nameof(length));
        _length = length;
    }

    /// <summary>Adds one byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Append(byte value)
    {
        if (_length == _bytes.Length) Grow(1);
        _bytes[_length++] = value;
    }

    /// <summary>Adds bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _bytes.Length - _length) Grow(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_bytes.Length - _length), nameof(count));
        _length += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(_length);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsSpan(_length);
    }

    /// <summary>Gives the array back to the pool; the buffer is empty afterwards.</summary>
    public void Dispose()
    {
        _length = 0;
        Replace([]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Reserve(int size)
    {
        if (Math.Max(size, 1) > _bytes.Length - _length) Grow(Math.Max(size, 1));
    }

    private void Grow(int more)
    {
        int needed = checked(_length + more);
        int doubled = (int)Math.Min(2L * _bytes.Length, Array.MaxLength);
        int capacity = Math.Max(Math.Max(needed, doubled), 64);
        byte[] larger = capacity > KeptCapacity
            ? GC.AllocateUninitializedArray<byte>(capacity)
            : ArrayPool<byte>.Shared.Rent(capacity);
        _bytes.AsSpan(0, _length).CopyTo(larger);
        Replace(larger);
    }

    private void Replace(byte[] bytes)
    {
        if (_bytes.Length is > 0 and <= KeptCapacity) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = bytes;
    }
}
