using Qmp.Cpu.Faults;
using Qmp.Cpu.Registers;

namespace Qmp.Cpu.Execution;

/// <summary>Corrections of decimal numbers.</summary>
internal static class DecimalInstructions
{
    private const int Al = 0, Ah = 1;

    public static void Aaa(ExecutionUnit u, ref Instruction op) => AdjustAscii(u, 1);

    public static void Aas(ExecutionUnit u, ref Instruction op) => AdjustAscii(u, -1);

    public static void Aam(ExecutionUnit u, ref Instruction op)
    {
        uint number = (byte)op.Immediate;
        if (number == 0) throw new GuestFaultException(GuestFaultException.Divide);
        uint al = u.Get(Al) & 0xff;
        u.Set(Ah, 1, al / number);
        Finish(u, al % number);
    }

    public static void Aad(ExecutionUnit u, ref Instruction op)
    {
        uint al = (u.Get(Al) + (u.Get(Ah) & 0xff) * op.Immediate) & 0xff;
        u.Set(Ah, 1, 0);
        Finish(u, al);
    }

    public static void Daa(ExecutionUnit u, ref Instruction op)
    {
        ref CpuFlags flags = ref u.Registers.Flags;
        uint old = u.Get(Al) & 0xff;
        bool adjust = (old & 0xf) > 9 || flags.Adjust;
        bool carry = old > 0x99 || flags.Carry;
        FinishDecimal(u, old + (adjust ? 6u : 0) + (carry ? 0x60u : 0), carry, adjust);
    }

    public static void Das(ExecutionUnit u, ref Instruction op)
    {
        ref CpuFlags flags = ref u.Registers.Flags;
        uint old = u.Get(Al) & 0xff;
        bool adjust = (old & 0xf) > 9 || flags.Adjust;
        bool high = old > 0x99 || flags.Carry;
        bool carry = high || (adjust && old < 6);
        FinishDecimal(u, old - (adjust ? 6u : 0) - (high ? 0x60u : 0), carry, adjust);
    }

    private static void FinishDecimal(ExecutionUnit u, uint al, bool carry, bool adjust)
    {
        Finish(u, al & 0xff);
        u.Registers.Flags.SetCarries(carry, overflow: false, adjust);
    }

    private static void AdjustAscii(ExecutionUnit u, int direction)
    {
        ref CpuFlags flags = ref u.Registers.Flags;
        uint ax = u.Get(Al) & 0xffff;
        bool adjust = (ax & 0xf) > 9 || flags.Adjust;
        if (adjust) ax = direction > 0 ? ax + 0x106 : ax - 0x106;
        u.Set(Al, 2, ax & 0xff0f);
        flags.SetCarries(adjust, overflow: false, adjust);
    }

    private static void Finish(ExecutionUnit u, uint al)
    {
        u.Set(Al, 1, al);
        u.Registers.Flags.SetLogic(al << 24, 24);
    }
}
