using Qmp.Cpu.Faults;
using Qmp.Cpu.Registers;

namespace Qmp.Cpu.Execution;

/// <summary>Jumps, calls and returns.</summary>
internal static class FlowInstructions
{
    public static void Jump(ExecutionUnit u, ref Instruction op) => u.Registers.Ip = op.Immediate;

    public static void JumpIndirect(ExecutionUnit u, ref Instruction op) => u.Registers.Ip = u.Destination(ref op);

    public static void JumpIf(ExecutionUnit u, ref Instruction op)
    {
        if (u.Registers.Flags.Holds(op.Condition)) u.Registers.Ip = op.Immediate;
    }

    public static void JumpIfZero(ExecutionUnit u, ref Instruction op)
    {
        if (u.Registers.Flags.Zero) u.Registers.Ip = op.Immediate;
    }

    public static void JumpIfNotZero(ExecutionUnit u, ref Instruction op)
    {
        if (!u.Registers.Flags.Zero) u.Registers.Ip = op.Immediate;
    }

    public static void JumpIfCarry(ExecutionUnit u, ref Instruction op)
    {
        if (u.Registers.Flags.Carry) u.Registers.Ip = op.Immediate;
    }

    public static void JumpIfLess(ExecutionUnit u, ref Instruction op)
    {
        if (u.Registers.Flags.Sign != u.Registers.Flags.Overflow) u.Registers.Ip = op.Immediate;
    }

    public static void JumpIfCountZero(ExecutionUnit u, ref Instruction op)
    {
        if ((u.Registers[CpuRegisters.Ecx] & op.AddressMask) == 0) u.Registers.Ip = op.Immediate;
    }

    public static void Loop(ExecutionUnit u, ref Instruction op)
    {
        if (Count(u, ref op)) u.Registers.Ip = op.Immediate;
    }

    public static void LoopWhileZero(ExecutionUnit u, ref Instruction op)
    {
        if (Count(u, ref op) && u.Registers.Flags.Zero) u.Registers.Ip = op.Immediate;
    }

    public static void LoopWhileNotZero(ExecutionUnit u, ref Instruction op)
    {
        if (Count(u, ref op) && !u.Registers.Flags.Zero) u.Registers.Ip = op.Immediate;
    }

    public static void Call(ExecutionUnit u, ref Instruction op)
    {
        u.Push(op.NextIp, op.Size);
        u.Registers.Ip = op.Immediate;
    }

    public static void CallIndirect(ExecutionUnit u, ref Instruction op)
    {
        uint target = u.Destination(ref op);
        u.Push(op.NextIp, op.Size);
        u.Registers.Ip = target;
    }

    public static void Return(ExecutionUnit u, ref Instruction op)
    {
        u.Registers.Ip = u.Peek(0, op.Size);
        u.Drop(op.Size + op.Immediate);
    }

    public static void JumpFar(ExecutionUnit u, ref Instruction op) =>
        SegmentLoader.Enter(u, SegmentLoader.FindCode(u, op.Immediate2), op.Immediate);

    public static void JumpFarIndirect(ExecutionUnit u, ref Instruction op)
    {
        (ushort selector, uint ip) = FarPointer(u, ref op);
        SegmentLoader.Enter(u, SegmentLoader.FindCode(u, selector), ip);
    }

    public static void CallFar(ExecutionUnit u, ref Instruction op) => CallFar(u, ref op, op.Immediate2, op.Immediate);

    public static void CallFarIndirect(ExecutionUnit u, ref Instruction op)
    {
        (ushort selector, uint ip) = FarPointer(u, ref op);
        CallFar(u, ref op, selector, ip);
    }

    public static void ReturnFar(ExecutionUnit u, ref Instruction op)
    {
        uint ip = u.Peek(0, op.Size);
        SegmentRegister code = SegmentLoader.FindCode(u, (ushort)u.Peek(op.Size, op.Size));
        u.Drop(2u * op.Size + op.Immediate);
        SegmentLoader.Enter(u, code, ip);
    }

    public static void Interrupt(ExecutionUnit u, ref Instruction op) => Interrupts.Deliver(u, (int)op.Immediate, op.NextIp);

    public static void InterruptIfOverflow(ExecutionUnit u, ref Instruction op)
    {
        if (u.Registers.Flags.Overflow) Interrupts.Deliver(u, GuestFaultException.Overflow, op.NextIp);
    }

    public static void ReturnFromInterrupt(ExecutionUnit u, ref Instruction op)
    {
        if (u.Registers.IsProtected && (u.Registers.Flags.Value & CpuFlags.NestedBit) != 0) throw new UnsupportedException("a return to another task");
        uint ip = u.Peek(0, op.Size);
        ushort selector = (ushort)u.Peek(op.Size, op.Size);
        uint flags = u.Peek(2u * op.Size, op.Size);
        if (op.Size == 4 && (flags & CpuFlags.Virtual8086Bit) != 0) throw new UnsupportedException("virtual 8086 mode");
        SegmentRegister code = SegmentLoader.FindCode(u, selector);
        StackInstructions.SetFlags(u, flags, op.Size);
        u.Drop(3u * op.Size);
        SegmentLoader.Enter(u, code, ip);
    }

    private static bool Count(ExecutionUnit u, ref Instruction op)
    {
        uint left = u.Registers[CpuRegisters.Ecx] - 1;
        u.Set(CpuRegisters.Ecx * 4, op.AddressMask == 0xffff ? 2 : 4, left);
        return (left & op.AddressMask) != 0;
    }

    private static (ushort Selector, uint Ip) FarPointer(ExecutionUnit u, ref Instruction op)
    {
        uint offset = u.Offset(ref op);
        return ((ushort)u.Read(op.Segment, (offset + op.Size) & op.AddressMask, 2), u.Read(op.Segment, offset, op.Size));
    }

    private static void CallFar(ExecutionUnit u, ref Instruction op, ushort selector, uint ip)
    {
        SegmentRegister code = SegmentLoader.FindCode(u, selector);
        uint top = u.Registers[CpuRegisters.Esp];
        u.Write(SegmentName.Ss, (top - op.Size) & u.StackMask, op.Size, u.Registers.Segment(SegmentName.Cs).Selector);
        u.Write(SegmentName.Ss, (top - 2u * op.Size) & u.StackMask, op.Size, op.NextIp);
        u.Drop(0u - 2u * op.Size);
        SegmentLoader.Enter(u, code, ip);
    }
}
