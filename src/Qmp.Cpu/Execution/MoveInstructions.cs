using Qmp.Cpu.Registers;

namespace Qmp.Cpu.Execution;

/// <summary>Moves and conversions.</summary>
internal static class MoveInstructions
{
    private const int Al = 0, Ah = 1, Edx = CpuRegisters.Edx * 4;

    public static void Mov(ExecutionUnit u, ref Instruction op) => u.Store(ref op, u.Source(ref op));

    public static void MovRegisters32(ExecutionUnit u, ref Instruction op) => u.Set(op.Destination, 4, u.Get(op.Source));

    public static void MovRegisterImmediate32(ExecutionUnit u, ref Instruction op) => u.Set(op.Destination, 4, op.Immediate);

    public static void Movsx(ExecutionUnit u, ref Instruction op)
    {
        int unused = 32 - (op.SourceSize * 8);
        u.Set(op.Destination, op.Size, (uint)((int)(u.Source(ref op) << unused) >> unused));
    }

    public static void Lea(ExecutionUnit u, ref Instruction op) => u.Set(op.Destination, op.Size, u.Offset(ref op));

    public static void Xchg(ExecutionUnit u, ref Instruction op)
    {
        uint a = u.Take(ref op);
        uint b = u.Source(ref op);
        u.PutBack(ref op, b);
        u.Set(op.Source, op.Size, a);
    }

    // The operand in memory is read whether the condition holds or not.
    public static void Cmov(ExecutionUnit u, ref Instruction op)
    {
        uint value = u.Source(ref op);
        if (u.Registers.Flags.Holds(op.Condition)) u.Set(op.Destination, op.Size, value);
    }

    public static void Set(ExecutionUnit u, ref Instruction op) => u.Store(ref op, u.Registers.Flags.Holds(op.Condition) ? 1u : 0);

    public static void Cbw(ExecutionUnit u, ref Instruction op) => u.Set(Al, 2, (uint)(sbyte)u.Get(Al));

    public static void Cwde(ExecutionUnit u, ref Instruction op) => u.Set(Al, 4, (uint)(short)u.Get(Al));

    public static void Cwd(ExecutionUnit u, ref Instruction op) => u.Set(Edx, 2, (uint)((short)u.Get(Al) >> 15));

    public static void Cdq(ExecutionUnit u, ref Instruction op) => u.Set(Edx, 4, (uint)((int)u.Get(Al) >> 31));

    public static void Xlat(ExecutionUnit u, ref Instruction op)
    {
        uint offset = (u.Registers[CpuRegisters.Ebx] + (u.Get(Al) & 0xff)) & op.AddressMask;
        u.Set(Al, 1, u.Read(op.Segment, offset, 1));
    }

    public static void Lahf(ExecutionUnit u, ref Instruction op) => u.Set(Ah, 1, u.Registers.Flags.Value);

    public static void Sahf(ExecutionUnit u, ref Instruction op)
    {
        const uint Low = CpuFlags.Arithmetic & 0xff;
        ref CpuFlags flags = ref u.Registers.Flags;
        flags.Value = (flags.Value & ~Low) | (u.Get(Ah) & Low);
    }

    public static void Nop(ExecutionUnit u, ref Instruction op)
    {
    }
}
