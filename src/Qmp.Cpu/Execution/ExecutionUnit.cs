using System.Runtime.CompilerServices;
using Qmp.Cpu.Faults;
using Qmp.Cpu.Ports;
using Qmp.Cpu.Registers;
using Qmp.Machine.Memory;

namespace Qmp.Cpu.Execution;

/// <summary>What instructions work on: registers, memory, ports. It gets their operands and puts results away.</summary>
/// <param name="registers">The registers.</param>
/// <param name="memory">The memory.</param>
/// <param name="ports">The ports.</param>
/// <param name="ticks">Tells the time that programs read.</param>
internal sealed class ExecutionUnit(CpuRegisters registers, GuestMemory memory, PortBus ports, Func<ulong> ticks)
{
    private uint _updated; // where the operand lies that was read to be changed
    private volatile bool _needsAttention;

    /// <summary>The registers.</summary>
    public CpuRegisters Registers { get; } = registers;

    /// <summary>The memory, by addresses without segments.</summary>
    public MemoryPort Memory { get; } = new(memory, registers);

    /// <summary>The ports.</summary>
    public PortBus Ports => ports;

    /// <summary>The time that programs read.</summary>
    public ulong Ticks => ticks();

    /// <summary>Whether no further instruction is to run before somebody has looked why.</summary>
    public bool NeedsAttention
    {
        get => _needsAttention;
        set => _needsAttention = value;
    }

    /// <summary>How often string instructions were repeated; taken by who counts instructions.</summary>
    public long Repetitions { get; set; }

    /// <summary>Bits of the stack pointer that count.</summary>
    public uint StackMask => Registers.Segment(SegmentName.Ss).IsWide ? uint.MaxValue : 0xffff;

    /// <summary>A general register, of which <paramref name="place"/> is the first byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Get(int place) =>
        Unsafe.ReadUnaligned<uint>(ref Unsafe.AddByteOffset(ref Unsafe.As<uint, byte>(ref Registers.File), place));

    /// <summary>Changes a general register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Set(int place, int size, uint value)
    {
        ref byte at = ref Unsafe.AddByteOffset(ref Unsafe.As<uint, byte>(ref Registers.File), place);
        if (size == 4) Unsafe.WriteUnaligned(ref at, value);
        else if (size == 1) at = (byte)value;
        else Unsafe.WriteUnaligned(ref at, (ushort)value);
    }

    /// <summary>The first operand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Destination(ref Instruction op) =>
        op.DestinationKind == Instruction.InRegister ? Get(op.Destination) & op.Mask : Read(ref op, op.Size);

    /// <summary>The first operand, which <see cref="PutBack"/> then changes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Take(ref Instruction op)
    {
        if (op.DestinationKind == Instruction.InRegister) return Get(op.Destination) & op.Mask;
        _updated = Linear(op.Segment, Offset(ref op), op.Size);
        return Memory.ReadToWrite(_updated, op.Size);
    }

    /// <summary>Changes the operand that was taken.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PutBack(ref Instruction op, uint value)
    {
        if (op.DestinationKind == Instruction.InRegister) Set(op.Destination, op.Size, value);
        else Memory.Write(_updated, op.Size, value);
    }

    /// <summary>Puts a result into the first operand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref Instruction op, uint value)
    {
        if (op.DestinationKind == Instruction.InRegister) Set(op.Destination, op.Size, value);
        else Memory.Write(Linear(op.Segment, Offset(ref op), op.Size), op.Size, value);
    }

    /// <summary>The second operand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Source(ref Instruction op) => op.SourceKind switch
    {
        Instruction.InRegister => Get(op.Source) & op.SourceMask,
        Instruction.IsImmediate => op.Immediate,
        _ => Read(ref op, op.SourceSize),
    };

    /// <summary>The offset of the operand in memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Offset(ref Instruction op) => (Get(op.Base) + (Get(op.Index) << op.Scale) + op.Displacement) & op.AddressMask;

    /// <summary>Reads the operand in memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Read(ref Instruction op, int size) => Memory.Read(Linear(op.Segment, Offset(ref op), size), size);

    /// <summary>Reads a number in a segment.</summary>
    public uint Read(int segment, uint offset, int size) => Memory.Read(Linear(segment, offset, size), size);

    /// <summary>Writes a number in a segment.</summary>
    public void Write(int segment, uint offset, int size, uint value) => Memory.Write(Linear(segment, offset, size), size, value);

    /// <summary>The address of a number in a segment.</summary>
    /// <exception cref="GuestFaultException">It leaves the segment.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Linear(int segment, uint offset, int size)
    {
        ref SegmentRegister register = ref Registers.Segment(segment);
        if (offset + (long)size - 1 > register.Last) Refuse(segment);
        return register.Base + offset;
    }

    /// <summary>Pushes a number.</summary>
    public void Push(uint value, int size)
    {
        uint top = (Registers[CpuRegisters.Esp] - (uint)size) & StackMask;
        Write(SegmentName.Ss, top, size, value);
        SetStack(top);
    }

    /// <summary>Reads a number from the stack.</summary>
    /// <param name="depth">How many bytes lie above it.</param>
    /// <param name="size">Its bytes.</param>
    public uint Peek(uint depth, int size) => Read(SegmentName.Ss, (Registers[CpuRegisters.Esp] + depth) & StackMask, size);

    /// <summary>Takes bytes off the stack.</summary>
    public void Drop(uint bytes) => SetStack(Registers[CpuRegisters.Esp] + bytes);

    /// <summary>Changes the stack pointer, as wide as it is.</summary>
    public void SetStack(uint top) => Set(CpuRegisters.Esp * 4, Registers.Segment(SegmentName.Ss).IsWide ? 4 : 2, top);

    private static void Refuse(int segment) =>
        throw new GuestFaultException(segment == SegmentName.Ss ? GuestFaultException.Stack : GuestFaultException.Protection, 0);
}
