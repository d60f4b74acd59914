using Qmp.Cpu.Registers;

namespace Qmp.Devices.Processor;

/// <summary>What QEMU remembers of a processor's mode, beside its registers.</summary>
internal static class HiddenFlags
{
    private const uint WideCode = 1 << 4, WideStack = 1 << 5, AddsBase = 1 << 6, Protected = 1 << 7;
    private const uint Coprocessor = 0b1110; // of CR0
    private const int CoprocessorShift = 8;
    private const uint Copied = CpuFlags.TrapBit | 3 << 12 | CpuFlags.ResumeBit; // of the flags

    /// <summary>What follows from the registers.</summary>
    public static uint Of(CpuRegisters r)
    {
        Span<SegmentRegister> segments = r.Segments;
        bool isWide = segments[SegmentName.Cs].IsWide;
        bool hasBase = (segments[SegmentName.Ds].Base | segments[SegmentName.Es].Base | segments[SegmentName.Ss].Base) != 0;
        return (isWide ? WideCode : 0)
            | (segments[SegmentName.Ss].IsWide ? WideStack : 0)
            | (!r.IsProtected || !isWide || hasBase ? AddsBase : 0)
            | (r.IsProtected ? Protected : 0)
            | (r.Cr0 & Coprocessor) << CoprocessorShift
            | (r.Flags.Value & Copied);
    }
}
