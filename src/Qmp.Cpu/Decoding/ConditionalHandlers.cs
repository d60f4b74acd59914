using Iced.Intel;
using Qmp.Cpu.Execution;
using Instruction = Qmp.Cpu.Execution.Instruction;

namespace Qmp.Cpu.Decoding;

/// <summary>Finds what does instructions with a condition.</summary>
internal static unsafe class ConditionalHandlers
{
    public static delegate*<ExecutionUnit, ref Instruction, void> Find(ref Instruction op, in Iced.Intel.Instruction found)
    {
        ConditionCode condition = found.ConditionCode;
        op.Condition = NumberOf(condition);
        Code code = found.Code;
        if (code.IsJccShortOrNear())
        {
            return condition switch
            {
                ConditionCode.e => &FlowInstructions.JumpIfZero,
                ConditionCode.ne => &FlowInstructions.JumpIfNotZero,
                ConditionCode.b => &FlowInstructions.JumpIfCarry,
                ConditionCode.l => &FlowInstructions.JumpIfLess,
                _ => &FlowInstructions.JumpIf,
            };
        }

        if (found.OpCount == 1 && found.Mnemonic is >= Mnemonic.Seta and <= Mnemonic.Sets) return &MoveInstructions.Set;
        return found.Mnemonic is >= Mnemonic.Cmova and <= Mnemonic.Cmovs ? &MoveInstructions.Cmov : null;
    }

    private static byte NumberOf(ConditionCode condition) => condition switch
    {
        ConditionCode.o => 0,
        ConditionCode.no => 1,
        ConditionCode.b => 2,
        ConditionCode.ae => 3,
        ConditionCode.e => 4,
        ConditionCode.ne => 5,
        ConditionCode.be => 6,
        ConditionCode.a => 7,
        ConditionCode.s => 8,
        ConditionCode.ns => 9,
        ConditionCode.p => 10,
        ConditionCode.np => 11,
        ConditionCode.l => 12,
        ConditionCode.ge => 13,
        ConditionCode.le => 14,
        _ => 15,
    };
}
