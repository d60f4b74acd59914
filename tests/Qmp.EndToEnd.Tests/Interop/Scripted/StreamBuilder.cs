using System.Buffers.Binary;
using System.Text;

namespace Qmp.EndToEnd.Tests.Interop.Scripted;

/// <summary>Puts a stream together, right or wrong, piece by piece.</summary>
/// <remarks>Shares no code with the product.</remarks>
internal sealed class StreamBuilder
{
    public const uint RamSection = 7;
    private const int Page = 4096;

    private readonly MemoryStream _bytes = new();
    private readonly bool _footers = true;

    public StreamBuilder(bool footers = true) => _footers = footers;

    public byte[] ToArray() => _bytes.ToArray();

    public StreamBuilder Bytes(params ReadOnlySpan<byte> bytes)
    {
        _bytes.Write(bytes);
        return this;
    }

    public StreamBuilder U8(int value) => Bytes((byte)value);

    public StreamBuilder U16(int value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)value);
        return Bytes(bytes);
    }

    public StreamBuilder U32(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return Bytes(bytes);
    }

    public StreamBuilder U64(ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return Bytes(bytes);
    }

    public StreamBuilder CountedText(string text) => U8(text.Length).Bytes(Encoding.ASCII.GetBytes(text));

    /// <summary>Magic, version and the configuration, without its subsections.</summary>
    public StreamBuilder Header(string machine = "none", uint version = 3) =>
        U32(0x5145564d).U32(version).U8(7).U32((uint)machine.Length).Bytes(Encoding.ASCII.GetBytes(machine));

    /// <summary>The head of a subsection of the configuration; its body follows.</summary>
    public StreamBuilder Subsection(string name) => U8(5).CountedText(name).U32(1);

    public StreamBuilder Command(int number, params ReadOnlySpan<byte> data) =>
        U8(8).U16(number).U16(data.Length).Bytes(data);

    /// <summary>What is loaded before what follows.</summary>
    public StreamBuilder Package(StreamBuilder content)
    {
        byte[] bytes = content.ToArray();
        return Command(7, new StreamBuilder().U32((uint)bytes.Length).ToArray()).Bytes(bytes);
    }

    /// <summary>Pages that are not there yet.</summary>
    public StreamBuilder Discard(ulong start, ulong length, string block = "ram", int version = 0, int nil = 0) =>
        Command(6, new StreamBuilder().U8(version).CountedText(block).U8(nil).U64(start).U64(length).ToArray());

    /// <summary>The head of a section that names its device (START or FULL); its body follows.</summary>
    public StreamBuilder Section(int type, uint id, string name, uint version, uint instance = 0) =>
        U8(type).U32(id).CountedText(name).U32(instance).U32(version);

    /// <summary>The head of a further section of memory (PART or END); records follow.</summary>
    public StreamBuilder RamRecords(int type, uint id = RamSection) => U8(type).U32(id);

    public StreamBuilder Footer(uint id = RamSection) => _footers ? U8(0x7e).U32(id) : this;

    /// <summary>The end of a section's records, and its footer.</summary>
    public StreamBuilder EndOfRecords(uint id = RamSection) => U64(0x10).Footer(id);

    /// <summary>The whole section that begins memory.</summary>
    public StreamBuilder RamSetup(
        ulong length, string block = "ram", uint version = 4, ulong? total = null, uint id = RamSection) =>
        Section(1, id, "ram", version).U64((total ?? length) | 4).CountedText(block).U64(length).EndOfRecords(id);

    /// <summary>One page, with its block's name.</summary>
    public StreamBuilder PageRecord(long offset, ReadOnlySpan<byte> page, string block = "ram") =>
        U64((ulong)offset | 8).CountedText(block).Bytes(page);

    /// <summary>One page of zeros, with its block's name.</summary>
    public StreamBuilder ZeroRecord(long offset, byte fill = 0, string block = "ram") =>
        U64((ulong)offset | 2).CountedText(block).U8(fill);

    /// <summary>All pages that are not zero.</summary>
    public StreamBuilder Pages(ReadOnlySpan<byte> memory)
    {
        for (int at = 0; at < memory.Length; at += Page)
        {
            ReadOnlySpan<byte> page = memory.Slice(at, Page);
            if (page.ContainsAnyExcept((byte)0)) PageRecord(at, page);
        }

        return this;
    }

    public StreamBuilder Timer(uint id = 42, uint version = 2) =>
        Section(4, id, "timer", version).U64(0).U64(0).U64(123_456_789).Footer(id);

    public StreamBuilder GlobalState(string runState = "running", uint id = 99) =>
        Section(4, id, "globalstate", 1).U32((uint)runState.Length + 1)
            .Bytes(Encoding.ASCII.GetBytes(runState.PadRight(32, '\0'))).U8(1).U8(0).Bytes(new byte[66]).Footer(id);

    public StreamBuilder End(string description = "{}") =>
        U8(0).U8(6).U32((uint)description.Length).Bytes(Encoding.ASCII.GetBytes(description));
}
