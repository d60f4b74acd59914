namespace Qmp.Cpu.Registers;

/// <summary>Bits of the register CR0.</summary>
public static class ControlBits
{
    /// <summary>Protected mode, and paging.</summary>
    public const uint Protection = 1, Paging = 1u << 31;

    /// <summary>Caches are off, and writes do not go through; as after a reset.</summary>
    public const uint CachesOff = 1u << 30 | 1u << 29;

    /// <summary>There is a coprocessor; always set.</summary>
    public const uint Extension = 1 << 4;

    /// <summary>A task has been switched.</summary>
    public const uint TaskSwitched = 1 << 3;
}
