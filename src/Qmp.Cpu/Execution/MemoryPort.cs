using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Qmp.Cpu.Faults;
using Qmp.Cpu.Registers;
using Qmp.Machine.Memory;

namespace Qmp.Cpu.Execution;

/// <summary>The processor's way to memory.</summary>
/// <remarks>Most of what is read and written lies in the first block, in one page that nothing keeps back. All else takes the longer way.</remarks>
internal sealed class MemoryPort(GuestMemory memory, CpuRegisters registers)
{
    private readonly byte[] _buffer = new byte[4];

    /// <summary>All of it.</summary>
    public GuestMemory Memory => memory;

    /// <summary>The block that begins at address 0.</summary>
    public RamBlock Main { get; } = memory.At(0) is { Start: 0 } first ? first.Block : RamBlock.Anonymous("none", 0);

    /// <summary>Reads a number.</summary>
    /// <exception cref="PageHeldException">It is not there.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Read(uint address, int size)
    {
        address &= registers.AddressMask;
        switch (size)
        {
            case 4 when Main.TryRead(address, out uint value):
                return value;

            case 2 when Main.TryRead(address, out ushort value):
                return value;

            case 1 when Main.TryRead(address, out byte value):
                return value;
        }

        return ReadSlowly(address, size);
    }

    /// <summary>Reads a number that will be written, too.</summary>
    /// <exception cref="PageHeldException">It cannot be written, yet.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint ReadToWrite(uint address, int size)
    {
        address &= registers.AddressMask;
        switch (size)
        {
            case 4 when Main.TryRead(address, out uint value, willWrite: true):
                return value;

            case 2 when Main.TryRead(address, out ushort value, willWrite: true):
                return value;

            case 1 when Main.TryRead(address, out byte value, willWrite: true):
                return value;
        }

        Demand(address, size, writes: true);
        return ReadSlowly(address, size);
    }

    /// <summary>Writes a number.</summary>
    /// <exception cref="PageHeldException">Its page is not there.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(uint address, int size, uint value)
    {
        address &= registers.AddressMask;
        bool isDone = size switch
        {
            4 => Main.TryWrite(address, value),
            2 => Main.TryWrite(address, (ushort)value),
            _ => Main.TryWrite(address, (byte)value),
        };
        if (!isDone) WriteSlowly(address, size, value);
    }

    /// <summary>Sees to it that a number can be written.</summary>
    /// <exception cref="PageHeldException">It cannot, yet.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Probe(uint address, int size)
    {
        address &= registers.AddressMask;
        if (!Main.IsOpen(address, size, writes: true)) Demand(address, size, writes: true);
    }

    private uint ReadSlowly(uint address, int size)
    {
        Demand(address, size, writes: false);
        Span<byte> bytes = stackalloc byte[4];
        bytes.Clear();
        memory.Peek(address, bytes[..size]);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    private void WriteSlowly(uint address, int size, uint value)
    {
        Demand(address, size, writes: true);
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer, value);
        if (!memory.WriteAsync(address, _buffer.AsMemory(0, size)).IsCompletedSuccessfully) throw new InvalidOperationException("A page was closed while the guest ran.");
    }

    private void Demand(uint address, int size, bool writes)
    {
        if (!memory.IsOpen(address, size, writes)) throw new PageHeldException(address, size, writes);
    }
}
