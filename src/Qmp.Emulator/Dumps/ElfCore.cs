using System.Buffers.Binary;

namespace Qmp.Emulator.Dumps;

/// <summary>What surrounds memory in a core file, byte for byte as QEMU writes it.</summary>
/// <remarks>
/// <para>The header, two section headers, a program header for the notes and one for each range, the notes; then memory;
/// at the end the names of sections. Everything is small-endian; addresses have 64 bits if one needs them.</para>
/// <para>The notes have the registers of processors. Those here have none: they are zeros.</para>
/// </remarks>
internal static class ElfCore
{
    private const ushort CoreFile = 4; // ET_CORE
    private const ushort Intel386 = 3; // EM_386: what it is until a processor enters long mode
    private const uint Load = 1; // PT_LOAD
    private const uint Notes = 4; // PT_NOTE
    private const uint NameTable = 3; // SHT_STRTAB
    private const uint ProcessorState = 1; // NT_PRSTATUS
    private const int StateSize = 0x90;
    private const int NumberOffset = 24; // pr_pid in it
    private const int RegistersSize = 0x1b8; // QEMU's own note
    private const int NoteHeaderSize = 20; // three numbers and a name of up to 8 bytes

    /// <summary>What comes behind memory: the names of the sections.</summary>
    public static ReadOnlySpan<byte> Trailer => "\0.shstrtab\0"u8;

    /// <summary>What comes before memory.</summary>
    /// <param name="ranges">The ranges of memory, in the order in which they follow.</param>
    /// <param name="processors">How many processors there are.</param>
    /// <param name="isWide">Whether an address of the machine has more than 32 bits.</param>
    public static byte[] Header(IReadOnlyList<MemoryRange> ranges, int processors, bool isWide)
    {
        int sectionsAt = isWide ? 64 : 52;
        int sectionSize = isWide ? 64 : 40;
        int programsAt = sectionsAt + (2 * sectionSize);
        int programSize = isWide ? 56 : 32;
        int notesAt = programsAt + ((ranges.Count + 1) * programSize);
        int notesSize = processors * (NoteHeaderSize + StateSize + NoteHeaderSize + RegistersSize);
        byte[] bytes = new byte[notesAt + notesSize];
        var writer = new FieldWriter(bytes, isWide);

        writer.Bytes([0x7f, (byte)'E', (byte)'L', (byte)'F', (byte)(isWide ? 2 : 1), 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        writer.Half(CoreFile);
        writer.Half(Intel386);
        writer.Word(1);
        writer.Address(0);
        writer.Address((ulong)programsAt);
        writer.Address((ulong)sectionsAt);
        writer.Word(0);
        writer.Half(8); // of a pointer, where the header's own size belongs: QEMU's readers do not mind
        writer.Half((ushort)programSize);
        writer.Half((ushort)(ranges.Count + 1));
        writer.Half((ushort)sectionSize);
        writer.Half(2);
        writer.Half(1);

        ulong end = (ulong)bytes.Length + ranges.Aggregate(0UL, (sum, range) => sum + range.Length);
        writer.At = sectionsAt + sectionSize;
        writer.Word(1); // where its name is in the table
        writer.Word(NameTable);
        writer.Address(0);
        writer.Address(0);
        writer.Address(end);
        writer.Address((ulong)Trailer.Length);

        writer.At = programsAt;
        Program(ref writer, Notes, (ulong)notesAt, 0, (ulong)notesSize);
        ulong offset = (ulong)bytes.Length;
        foreach (MemoryRange range in ranges)
        {
            Program(ref writer, Load, offset, range.Start, range.Length);
            offset += range.Length;
        }

        for (int i = 0; i < processors; i++)
        {
            int at = writer.At;
            Note(ref writer, "CORE"u8, ProcessorState, StateSize);
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at + NoteHeaderSize + NumberOffset), i + 1);
        }

        for (int i = 0; i < processors; i++)
        {
            int at = writer.At;
            Note(ref writer, "QEMU"u8, 0, RegistersSize);
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at + NoteHeaderSize), 1); // version
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at + NoteHeaderSize + 4), RegistersSize);
        }

        return bytes;
    }

    private static void Program(ref FieldWriter writer, uint type, ulong offset, ulong address, ulong length)
    {
        writer.Word(type);
        if (writer.IsWide) writer.Word(0);
        writer.Address(offset);
        writer.Address(address);
        writer.Address(address);
        writer.Address(length);
        writer.Address(length);
        if (!writer.IsWide) writer.Word(0);
        writer.Address(0);
    }

    private static void Note(ref FieldWriter writer, ReadOnlySpan<byte> name, uint type, int size)
    {
        int at = writer.At;
        writer.Word((uint)name.Length + 1);
        writer.Word((uint)size);
        writer.Word(type);
        writer.Bytes(name);
        writer.At = at + NoteHeaderSize + size;
    }

    private ref struct FieldWriter(Span<byte> bytes, bool isWide)
    {
        private readonly Span<byte> _bytes = bytes;

        public int At { get; set; }

        public readonly bool IsWide => isWide;

        public void Bytes(scoped ReadOnlySpan<byte> value)
        {
            value.CopyTo(_bytes[At..]);
            At += value.Length;
        }

        public void Half(ushort value)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(_bytes[At..], value);
            At += 2;
        }

        public void Word(uint value)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(_bytes[At..], value);
            At += 4;
        }

        public void Address(ulong value)
        {
            if (!isWide)
            {
                Word((uint)value);
                return;
            }

            BinaryPrimitives.WriteUInt64LittleEndian(_bytes[At..], value);
            At += 8;
        }
    }
}
