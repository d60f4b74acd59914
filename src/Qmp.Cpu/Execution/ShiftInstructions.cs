using Qmp.Cpu.Registers;

namespace Qmp.Cpu.Execution;

/// <summary>Shifts and rotations.</summary>
internal static class ShiftInstructions
{
    private const uint CountMask = 31;

    public static void Shl(ExecutionUnit u, ref Instruction op)
    {
        int count = (int)(u.Source(ref op) & CountMask);
        uint a = u.Take(ref op);
        if (count == 0) return;
        ulong shifted = (ulong)a << count;
        bool carry = (shifted >> Bits(ref op) & 1) != 0;
        uint result = (uint)shifted & op.Mask;
        Finish(u, ref op, result, carry, IsNegative(result, ref op) != carry);
    }

    public static void Shr(ExecutionUnit u, ref Instruction op)
    {
        int count = (int)(u.Source(ref op) & CountMask);
        uint a = u.Take(ref op);
        if (count == 0) return;
        Finish(u, ref op, a >> count, (a >> (count - 1) & 1) != 0, IsNegative(a, ref op));
    }

    public static void Sar(ExecutionUnit u, ref Instruction op)
    {
        int count = (int)(u.Source(ref op) & CountMask);
        int a = (int)(u.Take(ref op) << op.Shift) >> op.Shift;
        if (count == 0) return;
        Finish(u, ref op, (uint)(a >> count) & op.Mask, (a >> (count - 1) & 1) != 0, overflow: false);
    }

    public static void Rol(ExecutionUnit u, ref Instruction op)
    {
        int count = (int)(u.Source(ref op) & CountMask);
        uint a = u.Take(ref op);
        if (count == 0) return;
        int bits = Bits(ref op);
        int by = count % bits;
        uint result = (a << by | (by == 0 ? 0 : a >> (bits - by))) & op.Mask;
        u.PutBack(ref op, result);
        bool carry = (result & 1) != 0;
        Rotated(u, carry, IsNegative(result, ref op) != carry);
    }

    public static void Ror(ExecutionUnit u, ref Instruction op)
    {
        int count = (int)(u.Source(ref op) & CountMask);
        uint a = u.Take(ref op);
        if (count == 0) return;
        int bits = Bits(ref op);
        int by = count % bits;
        uint result = (a >> by | (by == 0 ? 0 : a << (bits - by))) & op.Mask;
        u.PutBack(ref op, result);
        bool carry = IsNegative(result, ref op);
        Rotated(u, carry, carry != IsNegative(result << 1, ref op));
    }

    public static void Rcl(ExecutionUnit u, ref Instruction op)
    {
        int bits = Bits(ref op);
        int count = (int)(u.Source(ref op) & CountMask) % (bits + 1);
        ulong a = u.Take(ref op) | (u.Registers.Flags.Carry ? 1UL << bits : 0);
        if (count == 0) return;
        ulong all = a << count | a >> (bits + 1 - count);
        uint result = (uint)all & op.Mask;
        u.PutBack(ref op, result);
        bool carry = (all >> bits & 1) != 0;
        Rotated(u, carry, IsNegative(result, ref op) != carry);
    }

    public static void Rcr(ExecutionUnit u, ref Instruction op)
    {
        int bits = Bits(ref op);
        int count = (int)(u.Source(ref op) & CountMask) % (bits + 1);
        ulong a = u.Take(ref op) | (u.Registers.Flags.Carry ? 1UL << bits : 0);
        if (count == 0) return;
        ulong all = a >> count | a << (bits + 1 - count);
        uint result = (uint)all & op.Mask;
        u.PutBack(ref op, result);
        Rotated(u, (all >> bits & 1) != 0, IsNegative(result, ref op) != IsNegative(result << 1, ref op));
    }

    public static void Shld(ExecutionUnit u, ref Instruction op)
    {
        int count = Count(u, ref op);
        uint a = u.Take(ref op);
        if (count == 0) return;
        int bits = Bits(ref op);
        ulong b = u.Get(op.Source) & op.Mask;

        // Beyond the operand's width the bits go round, as on processors that define it.
        ulong all = bits == 16 ? ((ulong)a << 32) | (b << 16) | a : ((ulong)a << 32) | b;
        int top = bits == 16 ? 48 : 64;
        bool carry = (all >> (top - count) & 1) != 0;
        uint result = (uint)((bits == 16 ? all << count >> 32 : all << count >> 32) & op.Mask);
        Finish(u, ref op, result, carry, IsNegative(result ^ a, ref op));
    }

    public static void Shrd(ExecutionUnit u, ref Instruction op)
    {
        int count = Count(u, ref op);
        uint a = u.Take(ref op);
        if (count == 0) return;
        int bits = Bits(ref op);
        ulong b = u.Get(op.Source) & op.Mask;
        ulong all = bits == 16 ? ((ulong)a << 32) | (b << 16) | a : (b << 32) | a;
        bool carry = (all >> (count - 1) & 1) != 0;
        uint result = (uint)(all >> count) & op.Mask;
        Finish(u, ref op, result, carry, IsNegative(result ^ a, ref op));
    }

    private static int Bits(ref Instruction op) => op.Size * 8;

    private static bool IsNegative(uint value, ref Instruction op) => (int)(value << op.Shift) < 0;

    // A number in the instruction, or CL.
    private static int Count(ExecutionUnit u, ref Instruction op) =>
        (int)((op.Third < 0 ? op.Immediate : u.Get(op.Third)) & CountMask);

    private static void Finish(ExecutionUnit u, ref Instruction op, uint result, bool carry, bool overflow)
    {
        u.PutBack(ref op, result);
        ref CpuFlags flags = ref u.Registers.Flags;
        flags.SetResult(result << op.Shift, op.Shift);
        flags.SetCarries(carry, overflow, adjust: false);
    }

    private static void Rotated(ExecutionUnit u, bool carry, bool overflow)
    {
        ref CpuFlags flags = ref u.Registers.Flags;
        flags.SetCarries(carry, overflow, flags.Adjust);
    }
}
