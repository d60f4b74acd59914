using Qmp.Cpu.Registers;
using Qmp.Machine.Memory;

namespace Qmp.Cpu.Firmware;

/// <summary>Boots a disk: its first sector goes to 0x7c00, as with any PC's firmware. There are no services of firmware besides.</summary>
/// <param name="read">Reads the first sector; <see langword="null"/> without a disk, or where it cannot be read.</param>
public sealed class BootSector(Func<byte[]?> read) : IFirmware
{
    /// <summary>Bytes of a sector.</summary>
    public const int Size = 512;

    /// <summary>Where it goes.</summary>
    public const uint Address = 0x7c00;

    private const uint FirstDisk = 0x80;
    private const uint Stack = 0x6f04;
    private const uint Signature = 0xaa55;

    /// <inheritdoc/>
    public bool HasSystem => Read() is not null;

    /// <inheritdoc/>
    public async ValueTask<bool> BootAsync(GuestMemory memory, CpuRegisters registers)
    {
        if (Read() is not { } sector) return false;
        await memory.WriteAsync(Address, sector);
        registers.Reset();
        registers.Cr0 = ControlBits.Extension;
        registers[CpuRegisters.Eax] = Signature;
        registers[CpuRegisters.Edx] = FirstDisk;
        registers[CpuRegisters.Esp] = Stack;
        registers.Flags.SetSystem(CpuFlags.InterruptBit, true);
        registers.Segments[SegmentName.Cs].Selector = 0;
        registers.Segments[SegmentName.Cs].Base = 0;
        registers.Gdt = default;
        registers.Idt = new DescriptorTable(0, 0x3ff);
        registers.Ip = Address;
        return true;
    }

    private byte[]? Read() => read() is { Length: Size } sector && (sector[^2] | sector[^1] << 8) == Signature ? sector : null;
}
