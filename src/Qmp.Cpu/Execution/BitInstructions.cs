using System.Buffers.Binary;
using System.Numerics;

namespace Qmp.Cpu.Execution;

/// <summary>Single bits.</summary>
internal static class BitInstructions
{
    public static void Bt(ExecutionUnit u, ref Instruction op) => Change(u, ref op, (value, _) => value, isTest: true);

    public static void Bts(ExecutionUnit u, ref Instruction op) => Change(u, ref op, (value, bit) => value | bit);

    public static void Btr(ExecutionUnit u, ref Instruction op) => Change(u, ref op, (value, bit) => value & ~bit);

    public static void Btc(ExecutionUnit u, ref Instruction op) => Change(u, ref op, (value, bit) => value ^ bit);

    public static void Bsf(ExecutionUnit u, ref Instruction op) => Scan(u, ref op, BitOperations.TrailingZeroCount);

    public static void Bsr(ExecutionUnit u, ref Instruction op) => Scan(u, ref op, value => 31 - BitOperations.LeadingZeroCount(value));

    public static void Bswap(ExecutionUnit u, ref Instruction op) =>
        u.Set(op.Destination, 4, op.Size == 4 ? BinaryPrimitives.ReverseEndianness(u.Get(op.Destination)) : u.Get(op.Destination) & 0xffff0000);

    // A number in a register may name a bit far from the operand in memory.
    private static void Change(ExecutionUnit u, ref Instruction op, Func<uint, uint, uint> change, bool isTest = false)
    {
        int bits = op.Size * 8;
        uint number = u.Source(ref op);
        uint bit = 1u << (int)(number & (uint)(bits - 1));
        uint value;
        if (op.DestinationKind == Instruction.InRegister || op.SourceKind == Instruction.IsImmediate)
        {
            value = isTest ? u.Destination(ref op) : u.Take(ref op);
            if (!isTest) u.PutBack(ref op, change(value, bit));
        }
        else
        {
            int words = (int)(number << op.Shift) >> op.Shift >> BitOperations.Log2((uint)bits);
            uint address = u.Linear(op.Segment, (u.Offset(ref op) + (uint)(words * op.Size)) & op.AddressMask, op.Size);
            if (!isTest) u.Memory.Probe(address, op.Size);
            value = u.Memory.Read(address, op.Size);
            if (!isTest) u.Memory.Write(address, op.Size, change(value, bit));
        }

        u.Registers.Flags.SetCarry((value & bit) != 0);
    }

    private static void Scan(ExecutionUnit u, ref Instruction op, Func<uint, int> find)
    {
        uint value = u.Source(ref op);
        u.Registers.Flags.SetZero(value == 0);
        if (value != 0) u.Set(op.Destination, op.Size, (uint)find(value));
    }
}
