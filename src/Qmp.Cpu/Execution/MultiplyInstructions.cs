using Qmp.Cpu.Faults;
using Qmp.Cpu.Registers;

namespace Qmp.Cpu.Execution;

/// <summary>Products and quotients.</summary>
internal static class MultiplyInstructions
{
    private const int Al = 0, Ah = 1, Edx = CpuRegisters.Edx * 4;

    public static void Mul(ExecutionUnit u, ref Instruction op)
    {
        ulong product = (ulong)(u.Get(Al) & op.Mask) * u.Destination(ref op);
        Put(u, ref op, product, ((uint)(product >> (op.Size * 8)) & op.Mask) != 0);
    }

    public static void Imul(ExecutionUnit u, ref Instruction op)
    {
        long product = (long)Signed(u.Get(Al), op.Shift) * Signed(u.Destination(ref op), op.Shift);
        Put(u, ref op, (ulong)product, product != Signed((uint)product, op.Shift));
    }

    // Two operands, or three: then the third is a number in the instruction.
    public static void ImulInto(ExecutionUnit u, ref Instruction op)
    {
        uint a = op.Third < 0 ? op.Immediate : u.Get(op.Third);
        long product = (long)Signed(a, op.Shift) * Signed(u.Source(ref op), op.Shift);
        u.Set(op.Destination, op.Size, (uint)product);
        SetFlags(u, (uint)product, op.Shift, product != Signed((uint)product, op.Shift));
    }

    public static void Div(ExecutionUnit u, ref Instruction op)
    {
        ulong divisor = u.Destination(ref op);
        ulong dividend = Dividend(u, ref op);
        if (divisor == 0 || dividend / divisor > op.Mask) throw new GuestFaultException(GuestFaultException.Divide);
        PutQuotient(u, ref op, (uint)(dividend / divisor), (uint)(dividend % divisor));
    }

    public static void Idiv(ExecutionUnit u, ref Instruction op)
    {
        long divisor = Signed(u.Destination(ref op), op.Shift);
        int unused = 64 - (op.Size * 16);
        long dividend = (long)Dividend(u, ref op) << unused >> unused;
        if (divisor == 0 || (divisor == -1 && dividend == long.MinValue)) throw new GuestFaultException(GuestFaultException.Divide);
        long quotient = dividend / divisor;
        if (quotient != Signed((uint)quotient, op.Shift)) throw new GuestFaultException(GuestFaultException.Divide);
        PutQuotient(u, ref op, (uint)quotient, (uint)(dividend % divisor));
    }

    private static int Signed(uint value, int shift) => (int)(value << shift) >> shift;

    private static ulong Dividend(ExecutionUnit u, ref Instruction op) => op.Size switch
    {
        1 => u.Get(Al) & 0xffff,
        2 => (u.Get(Edx) & 0xffff) << 16 | (u.Get(Al) & 0xffff),
        _ => (ulong)u.Get(Edx) << 32 | u.Get(Al),
    };

    private static void PutQuotient(ExecutionUnit u, ref Instruction op, uint quotient, uint remainder)
    {
        u.Set(Al, op.Size, quotient);
        u.Set(op.Size == 1 ? Ah : Edx, op.Size, remainder);
    }

    private static void Put(ExecutionUnit u, ref Instruction op, ulong product, bool isLong)
    {
        if (op.Size == 1)
        {
            u.Set(Al, 2, (uint)product);
        }
        else
        {
            u.Set(Al, op.Size, (uint)product);
            u.Set(Edx, op.Size, (uint)(product >> (op.Size * 8)));
        }

        SetFlags(u, (uint)product, op.Shift, isLong);
    }

    private static void SetFlags(ExecutionUnit u, uint result, int shift, bool isLong)
    {
        ref CpuFlags flags = ref u.Registers.Flags;
        flags.SetResult(result << shift, shift);
        flags.SetCarries(isLong, isLong, adjust: false);
    }
}
