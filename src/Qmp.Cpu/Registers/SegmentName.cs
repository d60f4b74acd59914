namespace Qmp.Cpu.Registers;

/// <summary>The segment registers, by their numbers in instructions.</summary>
public static class SegmentName
{
    /// <summary>Numbers.</summary>
    public const int Es = 0, Cs = 1, Ss = 2, Ds = 3, Fs = 4, Gs = 5;
}
