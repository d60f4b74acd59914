using BenchmarkDotNet.Attributes;
using Qmp.Cpu;
using Qmp.Cpu.Execution;
using Qmp.Cpu.Ports;
using Qmp.Cpu.Registers;
using Qmp.Machine.Memory;

namespace Qmp.Benchmarks.Parts;

/// <summary>Instructions of the guest's processor, each on average; at 10 ns they are 100 million a second.</summary>
[InProcess]
public class CpuParts
{
    private const int Instructions = 1_000_000;
    private const uint Start = 0x7c00;

    private readonly GuestMemory _memory = new();
    private readonly CpuRegisters _registers = new();
    private ExecutionUnit _unit = null!;
    private Interpreter _interpreter = null!;

    // What QEMU's test programs bring: it adds 1 to the first byte of each of 25,000 pages, round and round.
    [Params("b800001000 fe00 0500100000 3d00004006 7cf2 ebeb", "01d8 89c1 29ca 83f805 75f5 ebf3")]
    public string Code { get; set; } = "";

    [GlobalSetup]
    public void SetUp()
    {
        _memory.Map(RamBlock.Anonymous("ram", 128 << 20), 0);
        foreach (ref SegmentRegister segment in _registers.Segments)
        {
            segment.Base = 0;
            segment.Limit = uint.MaxValue;
            segment.Flags |= SegmentRegister.Wide;
        }

        _registers.Cr0 |= ControlBits.Protection;
        _unit = new ExecutionUnit(_registers, _memory, new PortBus(), () => 0);
        _interpreter = new Interpreter(_unit);
        _memory.Load(Start, Convert.FromHexString(Code.Replace(" ", "", StringComparison.Ordinal)));
        _registers.Ip = Start;
    }

    [GlobalCleanup]
    public void CleanUp() => _memory.Dispose();

    [Benchmark(OperationsPerInvoke = Instructions)]
    public long Execute()
    {
        _unit.NeedsAttention = false;
        _interpreter.Run(Instructions, out long executed);
        return executed;
    }
}
