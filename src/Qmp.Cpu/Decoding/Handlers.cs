using Iced.Intel;
using Qmp.Cpu.Execution;
using Instruction = Qmp.Cpu.Execution.Instruction;

namespace Qmp.Cpu.Decoding;

/// <summary>Finds what does an instruction.</summary>
internal static unsafe class Handlers
{
    /// <summary>Whether what runs next may be another instruction than the one behind this one, or run in another mode.</summary>
    public static bool EndsBlock(in Iced.Intel.Instruction found) => found.FlowControl != FlowControl.Next
        || found.HasRepPrefix || found.HasRepnePrefix
        || found.Mnemonic is Mnemonic.In or Mnemonic.Out or Mnemonic.Insb or Mnemonic.Insw or Mnemonic.Insd
            or Mnemonic.Outsb or Mnemonic.Outsw or Mnemonic.Outsd or Mnemonic.Hlt or Mnemonic.Lmsw
        || (found.Mnemonic == Mnemonic.Mov && found.Op0Register is >= Register.CR0 and <= Register.CR15);

    /// <summary>Finds it, and fills in what only this instruction has.</summary>
    public static delegate*<ExecutionUnit, ref Instruction, void> Find(ref Instruction op, in Iced.Intel.Instruction found)
    {
        if (op.Size == 4 && op.DestinationKind == Instruction.InRegister && Common(ref op, found) is var common and not null) return common;
        Mnemonic mnemonic = found.Mnemonic;
        if (found.ConditionCode != ConditionCode.None && ConditionalHandlers.Find(ref op, found) is var conditional and not null) return conditional;
        if (StringHandlers.Find(ref op, found) is var text and not null) return text;
        if (FlowHandlers.Find(ref op, found) is var flow and not null) return flow;
        if (SystemHandlers.Find(ref op, found) is var system and not null) return system;
        switch (mnemonic)
        {
            case Mnemonic.Add: return &ArithmeticInstructions.Add;
            case Mnemonic.Adc: return &ArithmeticInstructions.Adc;
            case Mnemonic.Sub: return &ArithmeticInstructions.Sub;
            case Mnemonic.Sbb: return &ArithmeticInstructions.Sbb;
            case Mnemonic.Cmp: return &ArithmeticInstructions.Cmp;
            case Mnemonic.Neg: return &ArithmeticInstructions.Neg;
            case Mnemonic.Inc: return &ArithmeticInstructions.Inc;
            case Mnemonic.Dec: return &ArithmeticInstructions.Dec;
            case Mnemonic.Xadd: return &ArithmeticInstructions.Xadd;
            case Mnemonic.Cmpxchg: return &ArithmeticInstructions.Cmpxchg;
            case Mnemonic.Cmpxchg8b: return &ArithmeticInstructions.Cmpxchg8b;
            case Mnemonic.And: return &LogicInstructions.And;
            case Mnemonic.Or: return &LogicInstructions.Or;
            case Mnemonic.Xor: return &LogicInstructions.Xor;
            case Mnemonic.Test: return &LogicInstructions.Test;
            case Mnemonic.Not: return &LogicInstructions.Not;
            case Mnemonic.Shl or Mnemonic.Sal: return &ShiftInstructions.Shl;
            case Mnemonic.Shr: return &ShiftInstructions.Shr;
            case Mnemonic.Sar: return &ShiftInstructions.Sar;
            case Mnemonic.Rol: return &ShiftInstructions.Rol;
            case Mnemonic.Ror: return &ShiftInstructions.Ror;
            case Mnemonic.Rcl: return &ShiftInstructions.Rcl;
            case Mnemonic.Rcr: return &ShiftInstructions.Rcr;
            case Mnemonic.Shld: return &ShiftInstructions.Shld;
            case Mnemonic.Shrd: return &ShiftInstructions.Shrd;
            case Mnemonic.Mul: return &MultiplyInstructions.Mul;
            case Mnemonic.Imul:
                if (found.OpCount == 1) return &MultiplyInstructions.Imul;
                if (found.OpCount == 2) op.Third = op.Destination;
                return &MultiplyInstructions.ImulInto;

            case Mnemonic.Div: return &MultiplyInstructions.Div;
            case Mnemonic.Idiv: return &MultiplyInstructions.Idiv;
            case Mnemonic.Aaa: return &DecimalInstructions.Aaa;
            case Mnemonic.Aas: return &DecimalInstructions.Aas;
            case Mnemonic.Aam: return &DecimalInstructions.Aam;
            case Mnemonic.Aad: return &DecimalInstructions.Aad;
            case Mnemonic.Daa: return &DecimalInstructions.Daa;
            case Mnemonic.Das: return &DecimalInstructions.Das;
            case Mnemonic.Bt: return &BitInstructions.Bt;
            case Mnemonic.Bts: return &BitInstructions.Bts;
            case Mnemonic.Btr: return &BitInstructions.Btr;
            case Mnemonic.Btc: return &BitInstructions.Btc;
            case Mnemonic.Bsf: return &BitInstructions.Bsf;
            case Mnemonic.Bsr: return &BitInstructions.Bsr;
            case Mnemonic.Bswap: return &BitInstructions.Bswap;
            case Mnemonic.Movzx: return &MoveInstructions.Mov;
            case Mnemonic.Movsx: return &MoveInstructions.Movsx;
            case Mnemonic.Lea: return &MoveInstructions.Lea;
            case Mnemonic.Xchg: return &MoveInstructions.Xchg;
            case Mnemonic.Cbw: return &MoveInstructions.Cbw;
            case Mnemonic.Cwde: return &MoveInstructions.Cwde;
            case Mnemonic.Cwd: return &MoveInstructions.Cwd;
            case Mnemonic.Cdq: return &MoveInstructions.Cdq;
            case Mnemonic.Xlatb:
                op.AddressMask = found.MemoryBase == Register.BX ? 0xffff : uint.MaxValue;
                return &MoveInstructions.Xlat;

            case Mnemonic.Lahf: return &MoveInstructions.Lahf;
            case Mnemonic.Sahf: return &MoveInstructions.Sahf;
            case Mnemonic.Nop or Mnemonic.Pause or Mnemonic.Invd or Mnemonic.Wbinvd: return &MoveInstructions.Nop;
            case Mnemonic.Clc: return &FlagInstructions.Clc;
            case Mnemonic.Stc: return &FlagInstructions.Stc;
            case Mnemonic.Cmc: return &FlagInstructions.Cmc;
            case Mnemonic.Cld: return &FlagInstructions.Cld;
            case Mnemonic.Std: return &FlagInstructions.Std;
            case Mnemonic.Cli: return &FlagInstructions.Cli;
            case Mnemonic.Sti: return &FlagInstructions.Sti;
            case Mnemonic.INVALID or Mnemonic.Ud0 or Mnemonic.Ud1 or Mnemonic.Ud2: return &SystemInstructions.Undefined;
            default: return &SystemInstructions.Unsupported;
        }
    }

    private static delegate*<ExecutionUnit, ref Instruction, void> Common(ref Instruction op, in Iced.Intel.Instruction found)
    {
        if (found.OpCount != 2) return null;
        return (found.Mnemonic, op.SourceKind, op.SourceSize) switch
        {
            (Mnemonic.Add, Instruction.IsImmediate, _) => &ArithmeticInstructions.AddRegisterImmediate32,
            (Mnemonic.Add, Instruction.InRegister, 4) => &ArithmeticInstructions.AddRegisters32,
            (Mnemonic.Sub, Instruction.IsImmediate, _) => &ArithmeticInstructions.SubRegisterImmediate32,
            (Mnemonic.Sub, Instruction.InRegister, 4) => &ArithmeticInstructions.SubRegisters32,
            (Mnemonic.Cmp, Instruction.IsImmediate, _) => &ArithmeticInstructions.CmpRegisterImmediate32,
            (Mnemonic.Cmp, Instruction.InRegister, 4) => &ArithmeticInstructions.CmpRegisters32,
            (Mnemonic.Mov, Instruction.IsImmediate, _) => &MoveInstructions.MovRegisterImmediate32,
            (Mnemonic.Mov, Instruction.InRegister, 4) => &MoveInstructions.MovRegisters32,
            _ => null,
        };
    }
}
