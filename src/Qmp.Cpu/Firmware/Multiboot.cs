using System.Buffers.Binary;
using System.Text;
using Qmp.Cpu.Registers;
using Qmp.Machine.Memory;

namespace Qmp.Cpu.Firmware;

/// <summary>Boots a kernel by the Multiboot specification, version 1: an ELF file of 32 bits, or one whose header says where it goes.</summary>
public sealed class Multiboot : IFirmware
{
    private const uint HeaderMagic = 0x1badb002, BootMagic = 0x2badb002, ElfMagic = 0x464c457f;
    private const int HeaderArea = 8192;
    private const uint HasAddresses = 1 << 16;
    private const uint WantsWhatIsNotHere = 0xfff8; // bits that a loader has to know: but for alignment, memory and the display's mode
    private const uint InfoAddress = 0x9000;
    private const uint LowMemory = 640 << 10, HighMemory = 1 << 20;
    private const uint MemoryFlag = 1, CommandLineFlag = 1 << 2, MapFlag = 1 << 6, LoaderFlag = 1 << 9;
    private const uint CodeFlags = 0xcf9a00 | SegmentRegister.Accessed, DataFlags = 0xcf9200 | SegmentRegister.Accessed;

    private readonly List<(uint Address, ReadOnlyMemory<byte> Bytes, uint Length)> _pieces = [];
    private readonly byte[] _commandLine;
    private readonly uint _entry;

    private Multiboot(ReadOnlyMemory<byte> image, int header, string commandLine)
    {
        _commandLine = [.. Encoding.UTF8.GetBytes(commandLine), 0];
        ReadOnlySpan<byte> bytes = image.Span;
        uint flags = Word(bytes, header + 4);
        if ((flags & WantsWhatIsNotHere) != 0) throw new InvalidDataException("unsupported features in the multiboot header");
        _entry = (flags & HasAddresses) != 0 ? LoadByHeader(image, header) : LoadElf(image);
    }

    /// <inheritdoc/>
    public bool HasSystem => true;

    /// <summary>Takes a file apart.</summary>
    /// <param name="image">Its bytes.</param>
    /// <param name="commandLine">What the kernel is told.</param>
    /// <returns><see langword="null"/> if it is no such kernel.</returns>
    /// <exception cref="InvalidDataException">It cannot be loaded.</exception>
    public static Multiboot? Read(ReadOnlyMemory<byte> image, string commandLine)
    {
        ReadOnlySpan<byte> bytes = image.Span;
        for (int at = 0; at + 12 <= Math.Min(bytes.Length, HeaderArea); at += 4)
        {
            if (Word(bytes, at) == HeaderMagic && Word(bytes, at) + Word(bytes, at + 4) + Word(bytes, at + 8) == 0) return new Multiboot(image, at, commandLine);
        }

        return null;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> BootAsync(GuestMemory memory, CpuRegisters registers)
    {
        byte[] zeros = new byte[RamBlock.PageSize];
        foreach ((uint address, ReadOnlyMemory<byte> bytes, uint length) in _pieces)
        {
            await memory.WriteAsync(address, bytes);
            for (uint at = (uint)bytes.Length; at < length;)
            {
                int piece = (int)Math.Min(length - at, (uint)zeros.Length);
                await memory.WriteAsync(address + at, zeros.AsMemory(0, piece));
                at += (uint)piece;
            }
        }

        await memory.WriteAsync(InfoAddress, Information(memory.LengthFrom(0)));
        Enter(registers);
        return true;
    }

    private static uint Word(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(Slice(bytes, at, 4));

    private static ReadOnlySpan<byte> Slice(ReadOnlySpan<byte> bytes, long at, long length) =>
        at >= 0 && length >= 0 && at + length <= bytes.Length ? bytes.Slice((int)at, (int)length) : throw new InvalidDataException("the file ends too early");

    private void Enter(CpuRegisters registers)
    {
        registers.Reset();
        registers.Cr0 = ControlBits.Extension | ControlBits.Protection;
        registers[CpuRegisters.Eax] = BootMagic;
        registers[CpuRegisters.Ebx] = InfoAddress;
        foreach (ref SegmentRegister segment in registers.Segments)
        {
            segment = new SegmentRegister { Selector = 0x10, Limit = uint.MaxValue, Flags = DataFlags };
        }

        registers.Segments[SegmentName.Cs] = new SegmentRegister { Selector = 8, Limit = uint.MaxValue, Flags = CodeFlags };
        registers.Ip = _entry;
    }

    private uint LoadByHeader(ReadOnlyMemory<byte> image, int header)
    {
        ReadOnlySpan<byte> bytes = image.Span;
        uint ofHeader = Word(bytes, header + 12);
        uint load = Word(bytes, header + 16);
        uint loadEnd = Word(bytes, header + 20);
        uint end = Word(bytes, header + 24);
        long from = header - (long)(ofHeader - load);
        if (load > ofHeader || from < 0) throw new InvalidDataException("invalid addresses in the multiboot header");
        long length = loadEnd == 0 ? bytes.Length - from : loadEnd - (long)load;
        if (length < 0 || from + length > bytes.Length) throw new InvalidDataException("invalid addresses in the multiboot header");
        _pieces.Add((load, image.Slice((int)from, (int)length), end > load ? Math.Max((uint)length, end - load) : (uint)length));
        return Word(bytes, header + 28);
    }

    private uint LoadElf(ReadOnlyMemory<byte> image)
    {
        const int Loaded = 1;
        ReadOnlySpan<byte> bytes = image.Span;
        if (Word(bytes, 0) != ElfMagic || Slice(bytes, 4, 1)[0] != 1) throw new InvalidDataException("neither addresses in the multiboot header nor an ELF file of 32 bits");
        uint table = Word(bytes, 28);
        int size = BinaryPrimitives.ReadUInt16LittleEndian(Slice(bytes, 42, 2));
        int count = BinaryPrimitives.ReadUInt16LittleEndian(Slice(bytes, 44, 2));
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> segment = Slice(bytes, table + ((long)i * size), 32);
            if (Word(segment, 0) != Loaded) continue;
            uint offset = Word(segment, 4);
            uint length = Word(segment, 16);
            _ = Slice(bytes, offset, length);
            _pieces.Add((Word(segment, 12), image.Slice((int)offset, (int)length), Math.Max(length, Word(segment, 20))));
        }

        return Word(bytes, 24);
    }

    // The map, the command line and the loader's name lie behind the structure.
    private byte[] Information(ulong memory)
    {
        const int Size = 116, MapAt = 128, MapEntry = 24;
        byte[] loader = "qmpd\0"u8.ToArray();
        (ulong Start, ulong Length, uint Kind)[] map = [(0, LowMemory, 1), (LowMemory, HighMemory - LowMemory, 2), (HighMemory, Math.Max(memory, HighMemory) - HighMemory, 1)];
        int text = MapAt + (map.Length * MapEntry);
        byte[] all = new byte[text + _commandLine.Length + loader.Length];
        Span<byte> info = all.AsSpan(0, Size);
        Put(info, 0, MemoryFlag | CommandLineFlag | MapFlag | LoaderFlag);
        Put(info, 4, LowMemory >> 10);
        Put(info, 8, (uint)((Math.Max(memory, HighMemory) - HighMemory) >> 10));
        Put(info, 16, InfoAddress + (uint)text);
        Put(info, 44, (uint)(map.Length * MapEntry));
        Put(info, 48, InfoAddress + MapAt);
        Put(info, 64, InfoAddress + (uint)(text + _commandLine.Length));
        for (int i = 0; i < map.Length; i++)
        {
            Span<byte> entry = all.AsSpan(MapAt + (i * MapEntry), MapEntry);
            Put(entry, 0, MapEntry - 4);
            BinaryPrimitives.WriteUInt64LittleEndian(entry[4..], map[i].Start);
            BinaryPrimitives.WriteUInt64LittleEndian(entry[12..], map[i].Length);
            Put(entry, 20, map[i].Kind);
        }

        _commandLine.CopyTo(all, text);
        loader.CopyTo(all, text + _commandLine.Length);
        return all;
    }

    private static void Put(Span<byte> bytes, int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(bytes[at..], value);
}
