using Qmp.Cpu.Faults;
using Qmp.Cpu.Registers;

namespace Qmp.Cpu.Execution;

/// <summary>Enters handlers of interrupts and exceptions, without a change of privileges.</summary>
internal static class Interrupts
{
    private const uint InterruptGate16 = 6, TrapGate16 = 7, InterruptGate32 = 14, TrapGate32 = 15;

    /// <summary>Whether the guest has a handler.</summary>
    public static bool HasHandler(ExecutionUnit u, int vector)
    {
        DescriptorTable table = u.Registers.Idt;
        uint size = u.Registers.IsProtected ? 8u : 4;
        if (((uint)vector * size) + size - 1 > table.Limit) return false;
        uint entry = u.Memory.Read(table.Base + ((uint)vector * size) + (size - 4), 4);
        return u.Registers.IsProtected
            ? (entry & SegmentRegister.Present) != 0
            : entry != 0;
    }

    /// <summary>Enters the handler.</summary>
    /// <param name="u">The processor.</param>
    /// <param name="vector">The number of the interrupt.</param>
    /// <param name="returnIp">Where the handler returns to.</param>
    /// <param name="error">What lies on top of its stack; <see langword="null"/> for nothing.</param>
    /// <exception cref="UnsupportedException">There is none.</exception>
    public static void Deliver(ExecutionUnit u, int vector, uint returnIp, uint? error = null)
    {
        if (!HasHandler(u, vector)) throw new UnsupportedException($"interrupt {vector} without a handler");
        if (u.Registers.IsProtected) DeliverByGate(u, vector, returnIp, error);
        else DeliverByVector(u, vector, returnIp);
    }

    private static void DeliverByVector(ExecutionUnit u, int vector, uint returnIp)
    {
        uint entry = u.Memory.Read(u.Registers.Idt.Base + ((uint)vector * 4), 4);
        SegmentRegister code = SegmentLoader.FindCode(u, (ushort)(entry >> 16));
        Enter(u, code, entry & 0xffff, returnIp, 2, null, masks: true);
    }

    private static void DeliverByGate(ExecutionUnit u, int vector, uint returnIp, uint? error)
    {
        uint address = u.Registers.Idt.Base + ((uint)vector * 8);
        uint low = u.Memory.Read(address, 4);
        uint high = u.Memory.Read(address + 4, 4);
        uint kind = high >> 8 & 15;
        if ((high & SegmentRegister.Ordinary) != 0 || kind is not (InterruptGate16 or TrapGate16 or InterruptGate32 or TrapGate32))
        {
            throw new UnsupportedException($"interrupt {vector} through a gate of kind {kind}");
        }

        bool isWide = kind is InterruptGate32 or TrapGate32;
        SegmentRegister code = SegmentLoader.FindCode(u, (ushort)(low >> 16));
        uint ip = (low & 0xffff) | (isWide ? high & 0xffff0000 : 0);
        Enter(u, code, ip, returnIp, isWide ? 4 : 2, error, masks: kind is InterruptGate16 or InterruptGate32);
    }

    private static void Enter(ExecutionUnit u, SegmentRegister code, uint ip, uint returnIp, int size, uint? error, bool masks)
    {
        uint[] words = [u.Registers.Flags.Value, u.Registers.Segment(SegmentName.Cs).Selector, returnIp, .. error is { } e ? (ReadOnlySpan<uint>)[e] : []];
        uint top = u.Registers[CpuRegisters.Esp];
        foreach (uint word in words)
        {
            top = (top - (uint)size) & u.StackMask;
            u.Write(SegmentName.Ss, top, size, word);
        }

        u.SetStack(top);
        u.Registers.Flags.SetSystem(CpuFlags.TrapBit | CpuFlags.NestedBit | (masks ? CpuFlags.InterruptBit : 0), false);
        SegmentLoader.Enter(u, code, ip);
    }
}
