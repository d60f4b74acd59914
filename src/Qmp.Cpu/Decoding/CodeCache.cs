using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Qmp.Cpu.Execution;
using Qmp.Cpu.Faults;
using Qmp.Cpu.Registers;
using Qmp.Machine.Memory;

namespace Qmp.Cpu.Decoding;

/// <summary>The code that has been decoded.</summary>
internal sealed class CodeCache
{
    private const int Slots = 1 << 12;
    private const int LongestBlock = 32;

    private readonly CodeBlock?[] _blocks = new CodeBlock?[Slots];
    private readonly List<Instruction> _building = new(LongestBlock);
    private readonly ExecutionUnit _unit;
    private readonly InstructionDecoder _decoder;
    private readonly CodeWatch _watch;

    /// <param name="unit">What runs the code; it is told when code has changed.</param>
    public CodeCache(ExecutionUnit unit)
    {
        _unit = unit;
        _decoder = new InstructionDecoder(unit.Memory);
        _watch = new CodeWatch(unit.Memory.Main.Pages, () => unit.NeedsAttention = true);
        unit.Memory.Main.Watch = _watch;
    }

    /// <summary>Forgets what may have changed.</summary>
    public void Refresh()
    {
        if (_watch.IsStale) Clear();
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _watch.Clear();
        Array.Clear(_blocks);
    }

    /// <summary>The code that runs next.</summary>
    /// <exception cref="ExecutionException">There is none, or not yet.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public CodeBlock Find(CpuRegisters registers)
    {
        ref SegmentRegister code = ref registers.Segment(SegmentName.Cs);
        uint linear = code.Base + registers.Ip;
        CodeBlock? found = Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_blocks), (int)(linear & (Slots - 1)));
        return found is not null && found.Linear == linear && found.Ip == registers.Ip && found.IsWide == code.IsWide ? found : Decode(registers);
    }

    private CodeBlock Decode(CpuRegisters registers)
    {
        ref SegmentRegister code = ref registers.Segment(SegmentName.Cs);
        uint ip = registers.Ip;
        uint linear = code.Base + ip;
        bool isCached = true;
        _building.Clear();
        for (bool endsBlock = false; !endsBlock && isCached && _building.Count < LongestBlock;)
        {
            Instruction next;
            try
            {
                next = _decoder.Decode(code, ip, out endsBlock);
            }
            catch (ExecutionException) when (_building.Count > 0)
            {
                break; // it is told of when it is reached
            }

            // Of the next page nothing is taken that is not needed.
            bool isFirst = _building.Count == 0;
            if (!isFirst && !IsOnePage(linear, code.Base + next.NextIp - 1)) break;
            isCached = Watch(code.Base + ip, code.Base + next.NextIp - 1) && IsOnePage(linear, code.Base + next.NextIp - 1);
            _building.Add(next);
            ip = next.NextIp;
        }

        var block = new CodeBlock(linear, registers.Ip, ip, code.IsWide, [.. _building]);
        if (isCached) _blocks[linear & (Slots - 1)] = block;
        return block;
    }

    private static bool IsOnePage(uint first, uint last) => first / RamBlock.PageSize == last / RamBlock.PageSize;

    // Code that is not in the first block is decoded each time.
    private bool Watch(uint first, uint last)
    {
        uint from = first & _unit.Registers.AddressMask;
        uint to = last & _unit.Registers.AddressMask;
        if (to < from || to >= _unit.Memory.Main.Length) return false;
        _watch.Add(from);
        _watch.Add(to);
        return true;
    }
}
