namespace Qmp.Cpu.Execution;

/// <summary>Sums and differences.</summary>
internal static class ArithmeticInstructions
{
    public static void Add(ExecutionUnit u, ref Instruction op) => Sum(u, ref op, 0);

    public static void Adc(ExecutionUnit u, ref Instruction op) => Sum(u, ref op, u.Registers.Flags.Carry ? 1u : 0);

    public static void Sub(ExecutionUnit u, ref Instruction op) => Difference(u, ref op, 0);

    public static void Sbb(ExecutionUnit u, ref Instruction op) => Difference(u, ref op, u.Registers.Flags.Carry ? 1u : 0);

    public static void Cmp(ExecutionUnit u, ref Instruction op) => Compare(u, u.Destination(ref op), u.Source(ref op), op.Shift);

    public static void Neg(ExecutionUnit u, ref Instruction op)
    {
        uint b = u.Take(ref op);
        u.PutBack(ref op, 0 - b);
        Compare(u, 0, b, op.Shift);
    }

    public static void Inc(ExecutionUnit u, ref Instruction op)
    {
        uint a = u.Take(ref op);
        u.PutBack(ref op, a + 1);
        a <<= op.Shift;
        uint b = 1u << op.Shift;
        uint sum = a + b;
        u.Registers.Flags.SetStep(sum, (a & b) | ((a | b) & ~sum), op.Shift);
    }

    public static void Dec(ExecutionUnit u, ref Instruction op)
    {
        uint a = u.Take(ref op);
        u.PutBack(ref op, a - 1);
        a <<= op.Shift;
        uint b = 1u << op.Shift;
        uint difference = a - b;
        u.Registers.Flags.SetStep(difference, (~a & b) | ((~a | b) & difference), op.Shift);
    }

    public static void Xadd(ExecutionUnit u, ref Instruction op)
    {
        uint a = u.Take(ref op);
        uint b = u.Source(ref op);
        u.Set(op.Source, op.Size, a);
        u.PutBack(ref op, Add(u, a, b, 0, op.Shift));
    }

    public static void Cmpxchg(ExecutionUnit u, ref Instruction op)
    {
        uint a = u.Get(0) & op.Mask;
        uint b = u.Take(ref op);
        Compare(u, a, b, op.Shift);
        if (a == b)
        {
            u.PutBack(ref op, u.Source(ref op));
            return;
        }

        if (op.DestinationKind == Instruction.InMemory) u.PutBack(ref op, b);
        u.Set(0, op.Size, b);
    }

    public static void Cmpxchg8b(ExecutionUnit u, ref Instruction op)
    {
        uint address = u.Linear(op.Segment, u.Offset(ref op), 8);
        u.Memory.Probe(address, 4);
        u.Memory.Probe(address + 4, 4);
        uint low = u.Memory.Read(address, 4);
        uint high = u.Memory.Read(address + 4, 4);
        Registers.CpuRegisters r = u.Registers;
        bool isEqual = low == r[Registers.CpuRegisters.Eax] && high == r[Registers.CpuRegisters.Edx];
        r.Flags.SetZero(isEqual);
        u.Memory.Write(address, 4, isEqual ? r[Registers.CpuRegisters.Ebx] : low);
        u.Memory.Write(address + 4, 4, isEqual ? r[Registers.CpuRegisters.Ecx] : high);
        if (isEqual) return;
        r[Registers.CpuRegisters.Eax] = low;
        r[Registers.CpuRegisters.Edx] = high;
    }

    // The commonest forms, without choosing between kinds of operands.
    public static void AddRegisterImmediate32(ExecutionUnit u, ref Instruction op) =>
        u.Set(op.Destination, 4, Add(u, u.Get(op.Destination), op.Immediate, 0, 0));

    public static void AddRegisters32(ExecutionUnit u, ref Instruction op) =>
        u.Set(op.Destination, 4, Add(u, u.Get(op.Destination), u.Get(op.Source), 0, 0));

    public static void SubRegisters32(ExecutionUnit u, ref Instruction op) =>
        u.Set(op.Destination, 4, Compare(u, u.Get(op.Destination), u.Get(op.Source), 0));

    public static void SubRegisterImmediate32(ExecutionUnit u, ref Instruction op) =>
        u.Set(op.Destination, 4, Compare(u, u.Get(op.Destination), op.Immediate, 0));

    public static void CmpRegisterImmediate32(ExecutionUnit u, ref Instruction op) =>
        Compare(u, u.Get(op.Destination), op.Immediate, 0);

    public static void CmpRegisters32(ExecutionUnit u, ref Instruction op) =>
        Compare(u, u.Get(op.Destination), u.Get(op.Source), 0);

    /// <summary>Sets the flags of a difference.</summary>
    /// <returns>The difference.</returns>
    public static uint Compare(ExecutionUnit u, uint a, uint b, int shift) => Subtract(u, a, b, 0, shift);

    private static void Sum(ExecutionUnit u, ref Instruction op, uint carry)
    {
        uint b = u.Source(ref op);
        uint a = u.Take(ref op);
        u.PutBack(ref op, a + b + carry);
        Add(u, a, b, carry, op.Shift);
    }

    private static void Difference(ExecutionUnit u, ref Instruction op, uint borrow)
    {
        uint b = u.Source(ref op);
        uint a = u.Take(ref op);
        u.PutBack(ref op, a - b - borrow);
        Subtract(u, a, b, borrow, op.Shift);
    }

    private static uint Add(ExecutionUnit u, uint a, uint b, uint carry, int shift)
    {
        a <<= shift;
        b <<= shift;
        uint sum = a + b + (carry << shift);
        u.Registers.Flags.SetSum(sum, (a & b) | ((a | b) & ~sum), shift);
        return sum >> shift;
    }

    private static uint Subtract(ExecutionUnit u, uint a, uint b, uint borrow, int shift)
    {
        a <<= shift;
        b <<= shift;
        uint difference = a - b - (borrow << shift);
        u.Registers.Flags.SetSum(difference, (~a & b) | ((~a | b) & difference), shift);
        return difference >> shift;
    }
}
