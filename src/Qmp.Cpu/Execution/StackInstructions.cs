using Qmp.Cpu.Faults;
using Qmp.Cpu.Registers;

namespace Qmp.Cpu.Execution;

/// <summary>The stack.</summary>
internal static class StackInstructions
{
    // What a program changes of the flags; reserved bits and those of modes that are not here stay as they are.
    private const uint Writable = CpuFlags.Arithmetic | CpuFlags.TrapBit | CpuFlags.InterruptBit | CpuFlags.DirectionBit | IoLevel | CpuFlags.NestedBit | Alignment | Identification;
    private const uint IoLevel = 3 << 12, Alignment = 1 << 18, Identification = 1 << 21;

    public static void Push(ExecutionUnit u, ref Instruction op) => u.Push(u.Destination(ref op), op.Size);

    public static void PushImmediate(ExecutionUnit u, ref Instruction op) => u.Push(op.Immediate, op.Size);

    // The operand's address is made with the stack pointer as it is afterwards.
    public static void Pop(ExecutionUnit u, ref Instruction op)
    {
        uint value = u.Peek(0, op.Size);
        uint before = u.Registers[CpuRegisters.Esp];
        u.Drop(op.Size);
        try
        {
            u.Store(ref op, value);
        }
        catch (ExecutionException)
        {
            u.Registers[CpuRegisters.Esp] = before;
            throw;
        }
    }

    public static void PushAll(ExecutionUnit u, ref Instruction op)
    {
        uint top = u.Registers[CpuRegisters.Esp];
        for (int register = 0; register < CpuRegisters.Count; register++)
        {
            top = (top - op.Size) & u.StackMask;
            u.Write(SegmentName.Ss, top, op.Size, u.Registers[register]);
        }

        u.SetStack(top);
    }

    public static void PopAll(ExecutionUnit u, ref Instruction op)
    {
        Span<uint> values = stackalloc uint[CpuRegisters.Count];
        for (int i = 0; i < values.Length; i++) values[i] = u.Peek((uint)(i * op.Size), op.Size);
        for (int i = 0; i < values.Length; i++)
        {
            int register = CpuRegisters.Edi - i;
            if (register != CpuRegisters.Esp) u.Set(register * 4, op.Size, values[i]);
        }

        u.Drop((uint)(op.Size * values.Length));
    }

    public static void PushFlags(ExecutionUnit u, ref Instruction op) =>
        u.Push(u.Registers.Flags.Value & ~(CpuFlags.ResumeBit | CpuFlags.Virtual8086Bit), op.Size);

    public static void PopFlags(ExecutionUnit u, ref Instruction op)
    {
        uint value = u.Peek(0, op.Size);
        SetFlags(u, value, op.Size);
        u.Drop(op.Size);
    }

    /// <summary>Sets the flags to what was on the stack.</summary>
    /// <exception cref="UnsupportedException">They would have each instruction trapped.</exception>
    public static void SetFlags(ExecutionUnit u, uint value, int size)
    {
        uint mask = size == 2 ? Writable & 0xffff : Writable;
        ref CpuFlags flags = ref u.Registers.Flags;
        if ((value & mask & CpuFlags.TrapBit) != 0) throw new UnsupportedException("single steps");
        flags.Value = (flags.Value & ~mask) | (value & mask);
    }

    public static void Enter(ExecutionUnit u, ref Instruction op)
    {
        int level = op.Immediate2 & 31;
        CpuRegisters r = u.Registers;
        uint top = (r[CpuRegisters.Esp] - op.Size) & u.StackMask;
        uint frame = top;
        u.Write(SegmentName.Ss, top, op.Size, r[CpuRegisters.Ebp]);
        for (int i = 1; i <= level; i++)
        {
            uint value = i == level ? frame : u.Read(SegmentName.Ss, (r[CpuRegisters.Ebp] - (uint)(i * op.Size)) & u.StackMask, op.Size);
            top = (top - op.Size) & u.StackMask;
            u.Write(SegmentName.Ss, top, op.Size, value);
        }

        u.Set(CpuRegisters.Ebp * 4, op.Size, frame);
        u.SetStack(top - op.Immediate);
    }

    public static void Leave(ExecutionUnit u, ref Instruction op)
    {
        uint frame = u.Registers[CpuRegisters.Ebp] & u.StackMask;
        uint value = u.Read(SegmentName.Ss, frame, op.Size);
        u.SetStack(frame + op.Size);
        u.Set(CpuRegisters.Ebp * 4, op.Size, value);
    }
}
