using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Qmp.Cpu.Registers;

/// <summary>The registers of a processor, all that it is between two instructions.</summary>
public sealed class CpuRegisters
{
    /// <summary>General registers, by their numbers in instructions.</summary>
    public const int Eax = 0, Ecx = 1, Edx = 2, Ebx = 3, Esp = 4, Ebp = 5, Esi = 6, Edi = 7;

    /// <summary>How many general registers there are.</summary>
    public const int Count = 8;

    /// <summary>What tells the processor's family, model and stepping: those of QEMU's default model.</summary>
    public const uint Signature = 0x60fb1;

    private const uint CodeFlags = SegmentRegister.Present | SegmentRegister.Ordinary | SegmentRegister.Code | SegmentRegister.Permits | SegmentRegister.Accessed;
    private const uint DataFlags = SegmentRegister.Present | SegmentRegister.Ordinary | SegmentRegister.Permits | SegmentRegister.Accessed;

    private readonly SegmentRegister[] _segments = new SegmentRegister[6];
    private GeneralFile _general;
    private CpuFlags _flags;

    /// <summary>The registers after a reset.</summary>
    public CpuRegisters() => Reset();

    /// <summary>The number in a general register.</summary>
    public uint this[int register]
    {
        get => _general[register];
        set => _general[register] = value;
    }

    /// <summary>The offset of the next instruction.</summary>
    public uint Ip { get; set; }

    /// <summary>The flags.</summary>
    public ref CpuFlags Flags => ref _flags;

    /// <summary>The segment registers, by <see cref="SegmentName"/>.</summary>
    public Span<SegmentRegister> Segments => _segments;

    /// <summary>The table of segments.</summary>
    public DescriptorTable Gdt { get; set; }

    /// <summary>The table of interrupts.</summary>
    public DescriptorTable Idt { get; set; }

    /// <summary>Modes.</summary>
    public uint Cr0 { get; set; }

    /// <summary>The address of a page fault; only kept.</summary>
    public uint Cr2 { get; set; }

    /// <summary>The page directory; only kept.</summary>
    public uint Cr3 { get; set; }

    /// <summary>Extensions; only kept.</summary>
    public uint Cr4 { get; set; }

    /// <summary>Bits of addresses that reach the bus: all, or all but the twenty-first.</summary>
    public uint AddressMask { get; set; }

    /// <summary>Whether it waits for an interrupt.</summary>
    public bool IsHalted { get; set; }

    /// <summary>Whether segments are read from the table.</summary>
    public bool IsProtected => (Cr0 & ControlBits.Protection) != 0;

    /// <summary>Whether the next instruction is the first one after a reset, where firmware is.</summary>
    public bool IsAtReset => Ip == 0xfff0 && _segments[SegmentName.Cs].Base == 0xffff_0000;

    /// <summary>The general registers, and a zero behind them.</summary>
    internal ref uint File => ref Unsafe.As<GeneralFile, uint>(ref _general);

    /// <summary>A segment register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref SegmentRegister Segment(int name) => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_segments), name);

    /// <summary>The state after a reset.</summary>
    public void Reset()
    {
        ((Span<uint>)_general).Clear();
        _general[Edx] = Signature;
        _flags.Value = 0;
        foreach (ref SegmentRegister segment in _segments.AsSpan())
        {
            segment = new SegmentRegister { Limit = 0xffff, Flags = DataFlags };
        }

        _segments[SegmentName.Cs] = new SegmentRegister { Selector = 0xf000, Base = 0xffff_0000, Limit = 0xffff, Flags = CodeFlags };
        Ip = 0xfff0;
        Gdt = Idt = new DescriptorTable(0, 0xffff);
        Cr0 = ControlBits.CachesOff | ControlBits.Extension;
        Cr2 = Cr3 = Cr4 = 0;
        AddressMask = uint.MaxValue;
        IsHalted = false;
    }

    [InlineArray(Count + 2)]
    private struct GeneralFile
    {
        private uint _first;
    }
}
