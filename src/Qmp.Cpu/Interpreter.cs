using Qmp.Cpu.Decoding;
using Qmp.Cpu.Execution;
using Qmp.Cpu.Faults;
using Qmp.Cpu.Registers;

namespace Qmp.Cpu;

/// <summary>Runs instructions until something else has to happen.</summary>
internal sealed unsafe class Interpreter(ExecutionUnit unit)
{
    private CodeCache? _cache; // made when there is code: many machines have none

    /// <summary>Forgets decoded code: the same addresses may mean other memory now.</summary>
    public void Forget() => _cache?.Clear();

    /// <summary>Runs at least <paramref name="count"/> instructions, unless it stops before.</summary>
    /// <param name="count">How many.</param>
    /// <param name="executed">How many there were, repetitions of strings included.</param>
    public Stop Run(long count, out long executed)
    {
        CpuRegisters registers = unit.Registers;
        CodeCache cache = _cache ??= new CodeCache(unit);
        CodeBlock? block = null;
        int index = 0;
        executed = 0;
        try
        {
            while (executed < count && !unit.NeedsAttention)
            {
                cache.Refresh();
                (block, index) = (null, 0);
                block = cache.Find(registers);
                Instruction[] instructions = block.Instructions;
                registers.Ip = block.End;
                for (index = 0; index < instructions.Length; index++)
                {
                    ref Instruction op = ref instructions[index];
                    op.Run(unit, ref op);
                    if (unit.NeedsAttention) break;
                }

                if (index < instructions.Length - 1) registers.Ip = instructions[index + 1].Ip;
                executed += Math.Min(index + 1, instructions.Length);
            }
        }
        catch (ExecutionException e)
        {
            uint ip = block is null ? registers.Ip : block.Instructions[index].Ip;
            uint next = block is null ? registers.Ip : block.Instructions[index].NextIp;
            registers.Ip = ip;
            executed += index;
            return Explain(e, next, ref executed);
        }

        executed += TakeRepetitions();
        return Stop.Of(StopKind.Quiet);
    }

    private long TakeRepetitions()
    {
        long repetitions = unit.Repetitions;
        unit.Repetitions = 0;
        return repetitions;
    }

    private Stop Explain(ExecutionException e, uint next, ref long executed)
    {
        executed += TakeRepetitions();
        switch (e)
        {
            case PageHeldException held:
                return new Stop(StopKind.PageHeld) { Address = held.Address, Length = held.Length, Writes = held.Writes };

            case MachineRequestException asked:
                return new Stop(StopKind.Request) { Request = asked.Request, NextIp = next };

            case GuestFaultException fault:
                return Deliver(fault);

            default:
                return new Stop(StopKind.Unsupported) { Reason = e.Message };
        }
    }

    // As an interrupt without a handler ends the guest, so does an exception.
    private Stop Deliver(GuestFaultException fault)
    {
        try
        {
            uint? error = unit.Registers.IsProtected ? fault.Error : null;
            if (!Interrupts.HasHandler(unit, fault.Vector)) return new Stop(StopKind.Unsupported) { Reason = fault.Message };
            Interrupts.Deliver(unit, fault.Vector, unit.Registers.Ip, error);
            return Stop.Of(StopKind.Quiet);
        }
        catch (PageHeldException held)
        {
            return new Stop(StopKind.PageHeld) { Address = held.Address, Length = held.Length, Writes = held.Writes };
        }
        catch (ExecutionException e)
        {
            return new Stop(StopKind.Unsupported) { Reason = $"{fault.Message}: {e.Message}" };
        }
    }
}
