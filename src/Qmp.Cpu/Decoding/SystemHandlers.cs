using Iced.Intel;
using Qmp.Cpu.Execution;
using Instruction = Qmp.Cpu.Execution.Instruction;

namespace Qmp.Cpu.Decoding;

/// <summary>Finds what does instructions on ports, modes and segments.</summary>
internal static unsafe class SystemHandlers
{
    public static delegate*<ExecutionUnit, ref Instruction, void> Find(ref Instruction op, in Iced.Intel.Instruction found)
    {
        switch (found.Mnemonic)
        {
            case Mnemonic.Mov: return Mov(ref op, found);
            case Mnemonic.Lds: return LoadFar(ref op, Registers.SegmentName.Ds);
            case Mnemonic.Les: return LoadFar(ref op, Registers.SegmentName.Es);
            case Mnemonic.Lss: return LoadFar(ref op, Registers.SegmentName.Ss);
            case Mnemonic.Lfs: return LoadFar(ref op, Registers.SegmentName.Fs);
            case Mnemonic.Lgs: return LoadFar(ref op, Registers.SegmentName.Gs);
            case Mnemonic.Lgdt:
                Operands.SetSize(ref op, found.Code == Code.Lgdt_m1632_16 ? (byte)2 : (byte)4);
                return &SegmentInstructions.Lgdt;

            case Mnemonic.Lidt:
                Operands.SetSize(ref op, found.Code == Code.Lidt_m1632_16 ? (byte)2 : (byte)4);
                return &SegmentInstructions.Lidt;

            case Mnemonic.Sgdt:
                Operands.SetSize(ref op, 4);
                return &SegmentInstructions.Sgdt;

            case Mnemonic.Sidt:
                Operands.SetSize(ref op, 4);
                return &SegmentInstructions.Sidt;

            case Mnemonic.Smsw: return &SystemInstructions.Smsw;
            case Mnemonic.Lmsw:
                // The only operand is one that is read.
                (op.Source, op.SourceKind, op.SourceSize) = (op.Destination, op.DestinationKind, 2);
                op.SourceMask = 0xffff;
                return &SystemInstructions.Lmsw;

            case Mnemonic.Clts: return &SystemInstructions.Clts;
            case Mnemonic.Hlt: return &SystemInstructions.Hlt;
            case Mnemonic.Cpuid: return &SystemInstructions.Cpuid;
            case Mnemonic.Rdtsc: return &SystemInstructions.Rdtsc;
            case Mnemonic.In: return &SystemInstructions.In;
            case Mnemonic.Out:
                // The port is named first, and the register's width counts.
                Operands.SetSize(ref op, op.SourceSize);
                (op.Source, op.SourceSize, op.SourceMask) = (op.Destination, 2, 0xffff);
                op.SourceKind = op.DestinationKind == Instruction.IsImmediate ? Instruction.IsImmediate : Instruction.InRegister;
                return &SystemInstructions.Out;

            default: return null;
        }
    }

    private static delegate*<ExecutionUnit, ref Instruction, void> Mov(ref Instruction op, in Iced.Intel.Instruction found)
    {
        if (IsSegment(found.Op1Register)) return &SegmentInstructions.MovFrom;
        if (IsSegment(found.Op0Register)) return &SegmentInstructions.MovTo;
        if (IsControl(found.Op1Register)) return &SystemInstructions.MovFromControl;
        if (IsControl(found.Op0Register)) return &SystemInstructions.MovToControl;
        if (IsOther(found.Op0Register) || IsOther(found.Op1Register)) return &SystemInstructions.Unsupported;
        return &MoveInstructions.Mov;
    }

    private static bool IsSegment(Register register) => register is >= Register.ES and <= Register.GS;

    private static bool IsControl(Register register) => register is >= Register.CR0 and <= Register.CR15;

    private static bool IsOther(Register register) => register is (>= Register.DR0 and <= Register.DR15) or (>= Register.TR0 and <= Register.TR7);

    private static delegate*<ExecutionUnit, ref Instruction, void> LoadFar(ref Instruction op, short segment)
    {
        op.Third = segment;
        return &SegmentInstructions.LoadFar;
    }
}
