using Qmp.Cpu.Registers;

namespace Qmp.Cpu.Execution;

/// <summary>Single flags.</summary>
internal static class FlagInstructions
{
    public static void Clc(ExecutionUnit u, ref Instruction op) => u.Registers.Flags.SetCarry(false);

    public static void Stc(ExecutionUnit u, ref Instruction op) => u.Registers.Flags.SetCarry(true);

    public static void Cmc(ExecutionUnit u, ref Instruction op) => u.Registers.Flags.SetCarry(!u.Registers.Flags.Carry);

    public static void Cld(ExecutionUnit u, ref Instruction op) => u.Registers.Flags.SetSystem(CpuFlags.DirectionBit, false);

    public static void Std(ExecutionUnit u, ref Instruction op) => u.Registers.Flags.SetSystem(CpuFlags.DirectionBit, true);

    public static void Cli(ExecutionUnit u, ref Instruction op) => u.Registers.Flags.SetSystem(CpuFlags.InterruptBit, false);

    public static void Sti(ExecutionUnit u, ref Instruction op) => u.Registers.Flags.SetSystem(CpuFlags.InterruptBit, true);
}
