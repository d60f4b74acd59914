using Qmp.Cpu.Registers;
using Qmp.Machine.Memory;

namespace Qmp.Cpu.Firmware;

/// <summary>What a processor finds after a reset.</summary>
public interface IFirmware
{
    /// <summary>Whether there is something to boot.</summary>
    bool HasSystem { get; }

    /// <summary>Puts the guest's first program into memory, and the registers where it begins.</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="registers">The registers.</param>
    /// <returns>Whether there was one; otherwise nothing has changed.</returns>
    ValueTask<bool> BootAsync(GuestMemory memory, CpuRegisters registers);
}
