namespace Qmp.Tls.Sessions;

/// <summary>Bytes that go in at one end and out at the other.</summary>
/// <param name="first">How many fit at first.</param>
internal sealed class TlsBuffer(int first)
{
    private byte[] _bytes = new byte[first];
    private int _start;
    private int _end;

    /// <summary>How many there are.</summary>
    public int Count => _end - _start;

    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> Content => _bytes.AsMemory(_start, Count);

    /// <summary>Adds bytes.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length).Span);
        _end += bytes.Length;
    }

    /// <summary>Room behind what there is.</summary>
    /// <param name="least">How much it must be.</param>
    public Memory<byte> Room(int least)
    {
        if (_start == _end) _start = _end = 0;
        if (_bytes.Length - _end < least)
        {
            byte[] target = Count + least > _bytes.Length ? new byte[Math.Max(Count + least, 2 * _bytes.Length)] : _bytes;
            Content.Span.CopyTo(target);
            (_bytes, _start, _end) = (target, 0, Count);
        }

        return _bytes.AsMemory(_end);
    }

    /// <summary>So many bytes of the room have been filled.</summary>
    public void Filled(int count) => _end += count;

    /// <summary>Takes bytes out.</summary>
    /// <returns>How many.</returns>
    public int Take(Span<byte> target)
    {
        int count = Math.Min(target.Length, Count);
        _bytes.AsSpan(_start, count).CopyTo(target);
        _start += count;
        return count;
    }

    /// <summary>Drops all.</summary>
    public void Clear() => _start = _end = 0;
}
