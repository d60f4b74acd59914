using Qmp.Cpu.Execution;
using Qmp.Cpu.Ports;
using Qmp.Cpu.Registers;
using Qmp.Machine.Memory;

namespace Qmp.Cpu.Tests.Support;

/// <summary>A processor with a little memory and no machine around it.</summary>
internal sealed class TestCpu : IDisposable
{
    public const uint Start = 0x1000;

    private readonly Interpreter _interpreter;

    /// <param name="memory">Bytes of memory.</param>
    public TestCpu(ulong memory = 1 << 20)
    {
        Block = RamBlock.Anonymous("ram", memory);
        Memory.Map(Block, 0);
        Unit = new ExecutionUnit(Registers, Memory, Ports, () => 0x1_0000_0002);
        _interpreter = new Interpreter(Unit);
    }

    public GuestMemory Memory { get; } = new();

    public RamBlock Block { get; }

    public CpuRegisters Registers { get; } = new();

    public PortBus Ports { get; } = new();

    public ExecutionUnit Unit { get; }

    /// <summary>Puts it into flat protected mode, or leaves it in real mode with all segments at 0.</summary>
    public TestCpu In(int bits)
    {
        foreach (ref SegmentRegister segment in Registers.Segments)
        {
            segment.Selector = 0;
            segment.Base = 0;
            if (bits == 32) (segment.Limit, segment.Flags) = (uint.MaxValue, segment.Flags | SegmentRegister.Wide);
        }

        if (bits == 32) Registers.Cr0 |= ControlBits.Protection;
        Registers.Ip = Start;
        Registers[CpuRegisters.Esp] = 0x8000;
        return this;
    }

    /// <summary>Runs code, given in hexadecimal, until its end.</summary>
    public Stop Run(string code, int instructions = 1000)
    {
        Memory.Load(Start, [.. Convert.FromHexString(code.Replace(" ", "", StringComparison.Ordinal)), 0xf4]);
        Registers.Ip = Start;
        return Continue(instructions);
    }

    /// <summary>Goes on until the processor halts, or stops for another reason.</summary>
    public Stop Continue(int instructions = 1000)
    {
        Registers.IsHalted = false;
        while (instructions > 0)
        {
            Unit.NeedsAttention = false;
            Stop stop = _interpreter.Run(instructions, out long executed);
            if (stop.Kind != StopKind.Quiet || Registers.IsHalted) return stop;
            instructions -= (int)Math.Max(1, executed);
        }

        return Stop.Of(StopKind.Quiet);
    }

    public void Dispose() => Memory.Dispose();
}
