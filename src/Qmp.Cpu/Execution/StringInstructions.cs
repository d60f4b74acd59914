using Qmp.Cpu.Faults;
using Qmp.Cpu.Registers;

namespace Qmp.Cpu.Execution;

/// <summary>Strings. A repeated one stops between two elements and goes on where it was.</summary>
internal static unsafe class StringInstructions
{
    private const int Al = 0, Esi = CpuRegisters.Esi * 4, Edi = CpuRegisters.Edi * 4, Ecx = CpuRegisters.Ecx * 4, Edx = CpuRegisters.Edx * 4;

    public static void Movs(ExecutionUnit u, ref Instruction op) => Repeat(u, ref op, &MoveOne);

    public static void Stos(ExecutionUnit u, ref Instruction op) => Repeat(u, ref op, &StoreOne);

    public static void Lods(ExecutionUnit u, ref Instruction op) => Repeat(u, ref op, &LoadOne);

    public static void Cmps(ExecutionUnit u, ref Instruction op) => Repeat(u, ref op, &CompareOne, compares: true);

    public static void Scas(ExecutionUnit u, ref Instruction op) => Repeat(u, ref op, &ScanOne, compares: true);

    public static void Ins(ExecutionUnit u, ref Instruction op) => Repeat(u, ref op, &InOne);

    public static void Outs(ExecutionUnit u, ref Instruction op) => Repeat(u, ref op, &OutOne);

    private static void Repeat(ExecutionUnit u, ref Instruction op, delegate*<ExecutionUnit, ref Instruction, void> one, bool compares = false)
    {
        if (op.Repeat == Instruction.Once)
        {
            one(u, ref op);
            return;
        }

        int counter = op.AddressMask == 0xffff ? 2 : 4;
        while ((u.Get(Ecx) & op.AddressMask) is var left and > 0)
        {
            one(u, ref op);
            u.Set(Ecx, counter, left - 1);
            u.Repetitions++;
            if (compares && u.Registers.Flags.Zero != (op.Repeat == Instruction.WhileZero)) return;
            if (u.NeedsAttention && left > 1)
            {
                u.Registers.Ip = op.Ip;
                return;
            }
        }
    }

    private static void MoveOne(ExecutionUnit u, ref Instruction op)
    {
        uint value = u.Read(op.Segment, u.Get(Esi) & op.AddressMask, op.Size);
        u.Write(SegmentName.Es, u.Get(Edi) & op.AddressMask, op.Size, value);
        Step(u, ref op, Esi);
        Step(u, ref op, Edi);
    }

    private static void StoreOne(ExecutionUnit u, ref Instruction op)
    {
        u.Write(SegmentName.Es, u.Get(Edi) & op.AddressMask, op.Size, u.Get(Al));
        Step(u, ref op, Edi);
    }

    private static void LoadOne(ExecutionUnit u, ref Instruction op)
    {
        u.Set(Al, op.Size, u.Read(op.Segment, u.Get(Esi) & op.AddressMask, op.Size));
        Step(u, ref op, Esi);
    }

    private static void CompareOne(ExecutionUnit u, ref Instruction op)
    {
        uint a = u.Read(op.Segment, u.Get(Esi) & op.AddressMask, op.Size);
        uint b = u.Read(SegmentName.Es, u.Get(Edi) & op.AddressMask, op.Size);
        ArithmeticInstructions.Compare(u, a, b, op.Shift);
        Step(u, ref op, Esi);
        Step(u, ref op, Edi);
    }

    private static void ScanOne(ExecutionUnit u, ref Instruction op)
    {
        uint b = u.Read(SegmentName.Es, u.Get(Edi) & op.AddressMask, op.Size);
        ArithmeticInstructions.Compare(u, u.Get(Al) & op.Mask, b, op.Shift);
        Step(u, ref op, Edi);
    }

    private static void InOne(ExecutionUnit u, ref Instruction op)
    {
        uint at = u.Linear(SegmentName.Es, u.Get(Edi) & op.AddressMask, op.Size);
        u.Memory.Probe(at, op.Size);
        u.Memory.Write(at, op.Size, u.Ports.Read((ushort)u.Get(Edx), op.Size));
        Step(u, ref op, Edi);
    }

    private static void OutOne(ExecutionUnit u, ref Instruction op)
    {
        uint value = u.Read(op.Segment, u.Get(Esi) & op.AddressMask, op.Size);
        if (u.Ports.Write((ushort)u.Get(Edx), op.Size, value) != Ports.MachineRequest.None)
        {
            throw new UnsupportedException("a string for a port that asks the machine for something");
        }

        Step(u, ref op, Esi);
    }

    private static void Step(ExecutionUnit u, ref Instruction op, int register)
    {
        uint by = u.Registers.Flags.Direction ? 0u - op.Size : op.Size;
        u.Set(register, op.AddressMask == 0xffff ? 2 : 4, u.Get(register) + by);
    }
}
