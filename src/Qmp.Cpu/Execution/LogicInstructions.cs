namespace Qmp.Cpu.Execution;

/// <summary>Bitwise operations.</summary>
internal static class LogicInstructions
{
    public static void And(ExecutionUnit u, ref Instruction op)
    {
        uint b = u.Source(ref op);
        Finish(u, ref op, u.Take(ref op) & b);
    }

    public static void Or(ExecutionUnit u, ref Instruction op)
    {
        uint b = u.Source(ref op);
        Finish(u, ref op, u.Take(ref op) | b);
    }

    public static void Xor(ExecutionUnit u, ref Instruction op)
    {
        uint b = u.Source(ref op);
        Finish(u, ref op, u.Take(ref op) ^ b);
    }

    public static void Test(ExecutionUnit u, ref Instruction op) =>
        u.Registers.Flags.SetLogic((u.Destination(ref op) & u.Source(ref op)) << op.Shift, op.Shift);

    public static void Not(ExecutionUnit u, ref Instruction op) => u.PutBack(ref op, ~u.Take(ref op));

    private static void Finish(ExecutionUnit u, ref Instruction op, uint result)
    {
        u.PutBack(ref op, result);
        u.Registers.Flags.SetLogic(result << op.Shift, op.Shift);
    }
}
