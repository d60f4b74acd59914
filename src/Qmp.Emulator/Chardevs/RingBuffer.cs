namespace Qmp.Emulator.Chardevs;

/// <summary>The bytes that were written last; any thread may use it.</summary>
/// <param name="size">How many it keeps, a power of two.</param>
internal sealed class RingBuffer(int size)
{
    private readonly Lock _gate = new();
    private readonly byte[] _bytes = new byte[size]; // guarded by _gate, as all below
    private long _written;
    private long _read;

    /// <summary>Adds bytes; where there is no room, the oldest go.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            foreach (byte value in bytes) _bytes[_written++ & (size - 1)] = value;
            _read = Math.Max(_read, _written - size);
        }
    }

    /// <summary>Takes the oldest bytes.</summary>
    public byte[] Read(long most)
    {
        lock (_gate)
        {
            byte[] taken = new byte[Math.Min(most, _written - _read)];
            for (int i = 0; i < taken.Length; i++) taken[i] = _bytes[_read++ & (size - 1)];
            return taken;
        }
    }
}
