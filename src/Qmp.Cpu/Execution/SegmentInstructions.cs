using Qmp.Cpu.Registers;

namespace Qmp.Cpu.Execution;

/// <summary>Segment registers and the registers of tables.</summary>
internal static class SegmentInstructions
{
    /// <summary>The number of the segment register is in <see cref="Instruction.Third"/>.</summary>
    public static void MovFrom(ExecutionUnit u, ref Instruction op) => u.Store(ref op, u.Registers.Segment(op.Third).Selector);

    public static void MovTo(ExecutionUnit u, ref Instruction op) => SegmentLoader.Load(u, op.Third, (ushort)u.Source(ref op));

    public static void Push(ExecutionUnit u, ref Instruction op)
    {
        // Of a word twice as wide the upper half is left as it is.
        uint top = (u.Registers[CpuRegisters.Esp] - op.Size) & u.StackMask;
        u.Write(SegmentName.Ss, top, 2, u.Registers.Segment(op.Third).Selector);
        u.SetStack(top);
    }

    public static void Pop(ExecutionUnit u, ref Instruction op)
    {
        SegmentLoader.Load(u, op.Third, (ushort)u.Peek(0, 2));
        u.Drop(op.Size);
    }

    public static void LoadFar(ExecutionUnit u, ref Instruction op)
    {
        uint offset = u.Offset(ref op);
        uint value = u.Read(op.Segment, offset, op.Size);
        SegmentLoader.Load(u, op.Third, (ushort)u.Read(op.Segment, (offset + op.Size) & op.AddressMask, 2));
        u.Set(op.Destination, op.Size, value);
    }

    public static void Lgdt(ExecutionUnit u, ref Instruction op) => u.Registers.Gdt = ReadTable(u, ref op);

    public static void Lidt(ExecutionUnit u, ref Instruction op) => u.Registers.Idt = ReadTable(u, ref op);

    public static void Sgdt(ExecutionUnit u, ref Instruction op) => WriteTable(u, ref op, u.Registers.Gdt);

    public static void Sidt(ExecutionUnit u, ref Instruction op) => WriteTable(u, ref op, u.Registers.Idt);

    // With operands of 16 bits the base has 24.
    private static DescriptorTable ReadTable(ExecutionUnit u, ref Instruction op)
    {
        uint offset = u.Offset(ref op);
        uint limit = u.Read(op.Segment, offset, 2);
        uint start = u.Read(op.Segment, (offset + 2) & op.AddressMask, 4);
        return new DescriptorTable(op.Size == 2 ? start & 0xffffff : start, limit);
    }

    private static void WriteTable(ExecutionUnit u, ref Instruction op, DescriptorTable table)
    {
        uint offset = u.Offset(ref op);
        u.Write(op.Segment, offset, 2, table.Limit);
        u.Write(op.Segment, (offset + 2) & op.AddressMask, 4, op.Size == 2 ? table.Base & 0xffffff : table.Base);
    }
}
