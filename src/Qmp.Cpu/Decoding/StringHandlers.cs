using Iced.Intel;
using Qmp.Cpu.Execution;
using Instruction = Qmp.Cpu.Execution.Instruction;

namespace Qmp.Cpu.Decoding;

/// <summary>Finds what does instructions on strings.</summary>
internal static unsafe class StringHandlers
{
    public static delegate*<ExecutionUnit, ref Instruction, void> Find(ref Instruction op, in Iced.Intel.Instruction found)
    {
        if (!found.IsStringInstruction) return null;
        op.Repeat = found.HasRepnePrefix ? Instruction.WhileNotZero : found.HasRepPrefix ? Instruction.WhileZero : Instruction.Once;
        switch (found.Mnemonic)
        {
            case Mnemonic.Movsb or Mnemonic.Movsw or Mnemonic.Movsd: return &StringInstructions.Movs;
            case Mnemonic.Stosb or Mnemonic.Stosw or Mnemonic.Stosd: return &StringInstructions.Stos;
            case Mnemonic.Lodsb or Mnemonic.Lodsw or Mnemonic.Lodsd: return &StringInstructions.Lods;
            case Mnemonic.Cmpsb or Mnemonic.Cmpsw or Mnemonic.Cmpsd: return &StringInstructions.Cmps;
            case Mnemonic.Scasb or Mnemonic.Scasw or Mnemonic.Scasd: return &StringInstructions.Scas;
            case Mnemonic.Insb or Mnemonic.Insw or Mnemonic.Insd: return &StringInstructions.Ins;
            case Mnemonic.Outsb or Mnemonic.Outsw or Mnemonic.Outsd: return &StringInstructions.Outs;
            default: return null;
        }
    }
}
