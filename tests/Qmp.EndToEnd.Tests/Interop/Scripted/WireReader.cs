using System.Buffers.Binary;
using System.Text;

namespace Qmp.EndToEnd.Tests.Interop.Scripted;

/// <summary>Reads what migration streams are made of; blocks.</summary>
internal sealed class WireReader(Stream stream)
{
    private readonly BufferedStream _stream = new(stream, 1 << 16);
    private readonly byte[] _scratch = new byte[8];

    public byte U8() => Take(1)[0];

    public ushort U16() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));

    public uint U32() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    public ulong U64() => BinaryPrimitives.ReadUInt64BigEndian(Take(8));

    public byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        _stream.ReadExactly(bytes);
        return bytes;
    }

    public void Into(Span<byte> bytes) => _stream.ReadExactly(bytes);

    public string CountedText() => Text(U8());

    public string Text(int length) => Encoding.UTF8.GetString(Bytes(length));

    private ReadOnlySpan<byte> Take(int count)
    {
        Span<byte> bytes = _scratch.AsSpan(0, count);
        _stream.ReadExactly(bytes);
        return bytes;
    }
}
