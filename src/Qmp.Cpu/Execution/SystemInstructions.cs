using System.Buffers.Binary;
using Qmp.Cpu.Faults;
using Qmp.Cpu.Ports;
using Qmp.Cpu.Registers;

namespace Qmp.Cpu.Execution;

/// <summary>Ports, modes, and what programs ask about the processor.</summary>
internal static class SystemInstructions
{
    private const int Al = 0;
    private const uint HasTimeStamp = 1 << 4, HasCompareExchange8 = 1 << 8, HasConditionalMove = 1 << 15;
    private const uint IsGuest = 1u << 31;

    private static ReadOnlySpan<byte> Vendor => "Qmp SmallCPU"u8;

    public static void In(ExecutionUnit u, ref Instruction op) => u.Set(Al, op.Size, u.Ports.Read((ushort)u.Source(ref op), op.Size));

    public static void Out(ExecutionUnit u, ref Instruction op)
    {
        MachineRequest request = u.Ports.Write((ushort)u.Source(ref op), op.Size, u.Get(Al) & op.Mask);
        if (request != MachineRequest.None) throw new MachineRequestException(request);
    }

    public static void Hlt(ExecutionUnit u, ref Instruction op)
    {
        u.Registers.IsHalted = true;
        u.NeedsAttention = true;
    }

    public static void Clts(ExecutionUnit u, ref Instruction op) => u.Registers.Cr0 &= ~ControlBits.TaskSwitched;

    public static void Smsw(ExecutionUnit u, ref Instruction op) => u.Store(ref op, u.Registers.Cr0);

    // It cannot leave protected mode.
    public static void Lmsw(ExecutionUnit u, ref Instruction op) =>
        u.Registers.Cr0 = (u.Registers.Cr0 & ~0xeu) | (u.Source(ref op) & 0xf);

    /// <summary>The number of the register is in <see cref="Instruction.Third"/>.</summary>
    public static void MovFromControl(ExecutionUnit u, ref Instruction op) => u.Set(op.Destination, 4, op.Third switch
    {
        0 => u.Registers.Cr0,
        2 => u.Registers.Cr2,
        3 => u.Registers.Cr3,
        4 => u.Registers.Cr4,
        _ => throw new GuestFaultException(GuestFaultException.InvalidOpcode),
    });

    public static void MovToControl(ExecutionUnit u, ref Instruction op)
    {
        uint value = u.Get(op.Source);
        switch (op.Third)
        {
            case 0:
                if ((value & ControlBits.Paging) != 0) throw new UnsupportedException("paging");
                u.Registers.Cr0 = value | ControlBits.Extension;
                break;

            case 2:
                u.Registers.Cr2 = value;
                break;

            case 3:
                u.Registers.Cr3 = value;
                break;

            case 4:
                u.Registers.Cr4 = value;
                break;

            default:
                throw new GuestFaultException(GuestFaultException.InvalidOpcode);
        }
    }

    public static void Cpuid(ExecutionUnit u, ref Instruction op)
    {
        CpuRegisters r = u.Registers;
        (uint a, uint b, uint c, uint d) = r[CpuRegisters.Eax] switch
        {
            0 => (1u, Word(Vendor), Word(Vendor[8..]), Word(Vendor[4..])),
            1 => (CpuRegisters.Signature, 0u, IsGuest, HasTimeStamp | HasCompareExchange8 | HasConditionalMove),
            _ => (0u, 0u, 0u, 0u),
        };
        (r[CpuRegisters.Eax], r[CpuRegisters.Ebx], r[CpuRegisters.Ecx], r[CpuRegisters.Edx]) = (a, b, c, d);
    }

    public static void Rdtsc(ExecutionUnit u, ref Instruction op)
    {
        ulong ticks = u.Ticks;
        u.Registers[CpuRegisters.Eax] = (uint)ticks;
        u.Registers[CpuRegisters.Edx] = (uint)(ticks >> 32);
    }

    public static void Unsupported(ExecutionUnit u, ref Instruction op) => throw new UnsupportedException("an instruction that this processor does not have");

    public static void Undefined(ExecutionUnit u, ref Instruction op) => throw new GuestFaultException(GuestFaultException.InvalidOpcode);

    private static uint Word(ReadOnlySpan<byte> text) => BinaryPrimitives.ReadUInt32LittleEndian(text);
}
