using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Qmp.Cpu.Tests.BesideQemu;

/// <summary>A multiboot kernel that runs many programs one after the other and keeps what each leaves: registers, flags, memory.</summary>
/// <remarks>
/// Each program has the same 64 KiB of memory, filled anew, as its data and stack; afterwards registers and memory are copied away.
/// The kernel then resets the machine.
/// </remarks>
internal sealed class ProgramBatch
{
    public const int MemorySize = 0x10000;
    public const uint ResultsAddress = 0x400000;
    public const int ResultSize = 64 + MemorySize;
    public const uint MarkerAddress = 0x3ff000;
    public const uint Marker = 0x600df00d;

    /// <summary>Registers in a result: the general ones by their numbers, then the flags.</summary>
    public const int Words = 9;

    private const uint Load = 0x100000, PatternAddress = 0x200000, Scratch = 0x300000;
    private const int FlatCode = 8, FlatData = 0x10, WideData = 0x18, NarrowData = 0x20, FirstNarrowCode = 0x28;
    private const int HeaderSize = 32;
    private const uint ArithmeticFlags = 0x8d5;

    private readonly List<byte> _code = [];

    /// <param name="seed">What all depends on.</param>
    /// <param name="count">How many programs.</param>
    /// <param name="bits">How wide their code is, 16 or 32.</param>
    public ProgramBatch(int seed, int count, int bits)
    {
        Bits = bits;
        var random = new Random(seed);
        var generator = new ProgramGenerator(random, bits);
        byte[] table = new byte[FirstNarrowCode + (count * 8)];
        Describe(table, FlatCode, 0, 0xcf9b);
        Describe(table, FlatData, 0, 0xcf93);
        Describe(table, WideData, Scratch, 0xcf93);
        Describe(table, NarrowData, Scratch, 0x8f93);
        uint tableAddress = Load + HeaderSize;
        _code.AddRange(new byte[HeaderSize]);
        _code.AddRange(table);
        _code.AddRange(BitConverter.GetBytes((ushort)(table.Length - 1)));
        _code.AddRange(BitConverter.GetBytes(tableAddress));
        uint entry = Here;
        uint register = Here - 6;
        Emit(a => a.lgdt(__[register]));
        for (int i = 0; i < count; i++)
        {
            int narrow = FirstNarrowCode + (i * 8);
            uint result = ResultsAddress + (uint)(i * ResultSize);
            Emit(a => Begin(a, random, bits));
            if (bits == 16) EmitFarJump(narrow, 0);
            uint start = Here;
            byte[] program = generator.Next(bits == 16 ? 0 : start);
            Programs.Add(program);
            _code.AddRange(program);
            if (bits == 16)
            {
                Describe(_code, HeaderSize + narrow, start, 0x009b);
                _code.Add(0x66);
                EmitFarJump(FlatCode, Here + 7);
            }

            Emit(a => End(a, result));
        }

        Emit(Finish);
        byte[] pattern = new byte[MemorySize];
        random.NextBytes(pattern);
        _code.AddRange(new byte[PatternAddress - Here]);
        _code.AddRange(pattern);
        Header(entry);
    }

    /// <summary>How wide the programs' code is.</summary>
    public int Bits { get; }

    /// <summary>The programs.</summary>
    public List<byte[]> Programs { get; } = [];

    /// <summary>The kernel.</summary>
    public byte[] Image => [.. _code];

    /// <summary>Bytes of all results.</summary>
    public int ResultsSize => Programs.Count * ResultSize;

    private uint Here => Load + (uint)_code.Count;

    private static void Describe(IList<byte> table, int selector, uint start, uint flags)
    {
        // All of 64 KiB, or of 4 GiB.
        ulong descriptor = 0xffff | (ulong)(start & 0xffffff) << 16 | (ulong)(flags & 0xff) << 40 | (ulong)(flags >> 8 & 0xff) << 48 | (ulong)(start >> 24) << 56;
        for (int i = 0; i < 8; i++) table[selector + i] = (byte)(descriptor >> (8 * i));
    }

    private void Emit(Action<Assembler> write)
    {
        var assembler = new Assembler(32);
        write(assembler);
        var stream = new MemoryStream();
        assembler.Assemble(new StreamCodeWriter(stream), Here);
        _code.AddRange(stream.ToArray());
    }

    private void EmitFarJump(int selector, uint offset)
    {
        _code.Add(0xea);
        _code.AddRange(BitConverter.GetBytes(offset));
        _code.AddRange(BitConverter.GetBytes((ushort)selector));
    }

    private static void Begin(Assembler a, Random random, int bits)
    {
        Copy(a, PatternAddress, Scratch);
        a.mov(ax, (short)(bits == 16 ? NarrowData : WideData));
        a.mov(ds, ax);
        a.mov(es, ax);
        a.mov(ss, ax);
        a.mov(esp, 0x9000);
        a.push((int)(random.Next() & ArithmeticFlags));
        a.popfd();
        foreach (AssemblerRegister32 register in (AssemblerRegister32[])[eax, ecx, edx, ebx, ebp, esi, edi])
        {
            a.mov(register, random.Next(int.MinValue, int.MaxValue));
        }
    }

    private static void Copy(Assembler a, uint from, uint to)
    {
        a.mov(esi, from);
        a.mov(edi, to);
        a.mov(ecx, MemorySize / 4);
        a.cld();
        a.rep.movsd();
    }

    private static void End(Assembler a, uint result)
    {
        uint at = result - Scratch;
        AssemblerRegister32[] registers = [eax, ecx, edx, ebx, esp, ebp, esi, edi];
        for (int i = 0; i < registers.Length; i++) a.mov(__dword_ptr[at + (i * 4)], registers[i]);
        a.mov(eax, FlatData);
        a.mov(ss, ax);
        a.mov(esp, result + (Words * 4));
        a.pushfd();
        a.mov(ds, ax);
        a.mov(es, ax);
        Copy(a, Scratch, result + 64);
    }

    private static void Finish(Assembler a)
    {
        a.mov(__dword_ptr[MarkerAddress], Marker);
        a.mov(al, -2); // the keyboard controller's pulse on the reset line
        a.@out(0x64, al);
        a.hlt();
    }

    private void Header(uint entry)
    {
        const uint Magic = 0x1badb002, HasAddresses = 0x10000;
        uint end = Load + (uint)_code.Count;
        uint[] words = [Magic, HasAddresses, unchecked(0u - Magic - HasAddresses), Load, Load, end, end, entry];
        for (int i = 0; i < words.Length; i++)
        {
            for (int b = 0; b < 4; b++) _code[(i * 4) + b] = (byte)(words[i] >> (8 * b));
        }
    }
}
