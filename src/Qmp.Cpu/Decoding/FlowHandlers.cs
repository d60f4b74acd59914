using Iced.Intel;
using Qmp.Cpu.Execution;
using Instruction = Qmp.Cpu.Execution.Instruction;

namespace Qmp.Cpu.Decoding;

/// <summary>Finds what does jumps, calls and the stack.</summary>
internal static unsafe class FlowHandlers
{
    public static delegate*<ExecutionUnit, ref Instruction, void> Find(ref Instruction op, in Iced.Intel.Instruction found)
    {
        switch (found.Mnemonic)
        {
            case Mnemonic.Jmp:
                if (found.Code is Code.Jmp_ptr1616 or Code.Jmp_ptr1632) return &FlowInstructions.JumpFar;
                if (found.Code is Code.Jmp_m1616 or Code.Jmp_m1632) return &FlowInstructions.JumpFarIndirect;
                return found.Op0Kind is OpKind.NearBranch16 or OpKind.NearBranch32 ? &FlowInstructions.Jump : &FlowInstructions.JumpIndirect;

            case Mnemonic.Call:
                if (found.Code is Code.Call_ptr1616 or Code.Call_ptr1632)
                {
                    Operands.SetSize(ref op, Width(found.Code == Code.Call_ptr1616));
                    return &FlowInstructions.CallFar;
                }

                if (found.Code is Code.Call_m1616 or Code.Call_m1632) return &FlowInstructions.CallFarIndirect;
                if (found.Op0Kind is not (OpKind.NearBranch16 or OpKind.NearBranch32)) return &FlowInstructions.CallIndirect;
                Operands.SetSize(ref op, Width(found.Op0Kind == OpKind.NearBranch16));
                return &FlowInstructions.Call;

            case Mnemonic.Ret:
                Operands.SetSize(ref op, Width(found.Code is Code.Retnw or Code.Retnw_imm16));
                return &FlowInstructions.Return;

            case Mnemonic.Retf:
                Operands.SetSize(ref op, Width(found.Code is Code.Retfw or Code.Retfw_imm16));
                return &FlowInstructions.ReturnFar;

            case Mnemonic.Iret or Mnemonic.Iretd:
                Operands.SetSize(ref op, Width(found.Code == Code.Iretw));
                return &FlowInstructions.ReturnFromInterrupt;

            case Mnemonic.Int: return &FlowInstructions.Interrupt;
            case Mnemonic.Int3:
                op.Immediate = 3;
                return &FlowInstructions.Interrupt;

            case Mnemonic.Into: return &FlowInstructions.InterruptIfOverflow;
            case Mnemonic.Loop: return Counted(ref op, found, &FlowInstructions.Loop);
            case Mnemonic.Loope: return Counted(ref op, found, &FlowInstructions.LoopWhileZero);
            case Mnemonic.Loopne: return Counted(ref op, found, &FlowInstructions.LoopWhileNotZero);
            case Mnemonic.Jcxz or Mnemonic.Jecxz: return Counted(ref op, found, &FlowInstructions.JumpIfCountZero);
            case Mnemonic.Push: return Push(ref op, found);
            case Mnemonic.Pop: return Pop(ref op, found);
            case Mnemonic.Pusha or Mnemonic.Pushad:
                Operands.SetSize(ref op, Width(found.Mnemonic == Mnemonic.Pusha));
                return &StackInstructions.PushAll;

            case Mnemonic.Popa or Mnemonic.Popad:
                Operands.SetSize(ref op, Width(found.Mnemonic == Mnemonic.Popa));
                return &StackInstructions.PopAll;

            case Mnemonic.Pushf or Mnemonic.Pushfd:
                Operands.SetSize(ref op, Width(found.Mnemonic == Mnemonic.Pushf));
                return &StackInstructions.PushFlags;

            case Mnemonic.Popf or Mnemonic.Popfd:
                Operands.SetSize(ref op, Width(found.Mnemonic == Mnemonic.Popf));
                return &StackInstructions.PopFlags;

            case Mnemonic.Enter:
                Operands.SetSize(ref op, Width(found.Code == Code.Enterw_imm16_imm8));
                return &StackInstructions.Enter;

            case Mnemonic.Leave:
                Operands.SetSize(ref op, Width(found.Code == Code.Leavew));
                return &StackInstructions.Leave;

            default: return null;
        }
    }

    private static byte Width(bool isNarrow) => isNarrow ? (byte)2 : (byte)4;

    private static delegate*<ExecutionUnit, ref Instruction, void> Push(ref Instruction op, in Iced.Intel.Instruction found)
    {
        switch (found.Code)
        {
            case Code.Push_imm16 or Code.Pushw_imm8 or Code.Pushd_imm32 or Code.Pushd_imm8:
                Operands.SetSize(ref op, Width(found.Code is Code.Push_imm16 or Code.Pushw_imm8));
                return &StackInstructions.PushImmediate;

            case Code.Pushw_ES or Code.Pushw_CS or Code.Pushw_SS or Code.Pushw_DS or Code.Pushw_FS or Code.Pushw_GS:
                Operands.SetSize(ref op, 2);
                return &SegmentInstructions.Push;

            case Code.Pushd_ES or Code.Pushd_CS or Code.Pushd_SS or Code.Pushd_DS or Code.Pushd_FS or Code.Pushd_GS:
                Operands.SetSize(ref op, 4);
                return &SegmentInstructions.Push;

            default: return &StackInstructions.Push;
        }
    }

    private static delegate*<ExecutionUnit, ref Instruction, void> Pop(ref Instruction op, in Iced.Intel.Instruction found)
    {
        switch (found.Code)
        {
            case Code.Popw_ES or Code.Popw_SS or Code.Popw_DS or Code.Popw_FS or Code.Popw_GS:
                Operands.SetSize(ref op, 2);
                return &SegmentInstructions.Pop;

            case Code.Popd_ES or Code.Popd_SS or Code.Popd_DS or Code.Popd_FS or Code.Popd_GS:
                Operands.SetSize(ref op, 4);
                return &SegmentInstructions.Pop;

            default: return &StackInstructions.Pop;
        }
    }

    // The width of the counter is that of addresses.
    private static delegate*<ExecutionUnit, ref Instruction, void> Counted(
        ref Instruction op, in Iced.Intel.Instruction found, delegate*<ExecutionUnit, ref Instruction, void> handler)
    {
        op.AddressMask = found.Code is Code.Loop_rel8_16_CX or Code.Loop_rel8_32_CX or Code.Loope_rel8_16_CX or Code.Loope_rel8_32_CX
            or Code.Loopne_rel8_16_CX or Code.Loopne_rel8_32_CX or Code.Jcxz_rel8_16 or Code.Jcxz_rel8_32
            ? 0xffff
            : uint.MaxValue;
        return handler;
    }
}
