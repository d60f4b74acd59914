namespace Qmp.Cpu.Execution;

/// <summary>A decoded instruction: what runs it, and its operands.</summary>
internal unsafe struct Instruction
{
    /// <summary>Kinds of operands.</summary>
    public const byte InRegister = 0, InMemory = 1, IsImmediate = 2;

    /// <summary>What <see cref="Repeat"/> says of a string instruction: once, while the count lasts or the result is zero, while it is not.</summary>
    public const byte Once = 0, WhileZero = 1, WhileNotZero = 2;

    /// <summary>Does it. What it throws, it throws before it changes anything.</summary>
    public delegate*<ExecutionUnit, ref Instruction, void> Run;

    /// <summary>Its offset in the code segment.</summary>
    public uint Ip;

    /// <summary>The offset of the one behind it.</summary>
    public uint NextIp;

    /// <summary>A number in it, or the offset that it branches to.</summary>
    public uint Immediate;

    /// <summary>A second number in it: a selector, or a nesting level.</summary>
    public ushort Immediate2;

    /// <summary>Bits of a register that are the first operand, and the second.</summary>
    public uint Mask, SourceMask;

    /// <summary>Operands in registers: the byte of the register file where they begin.</summary>
    public short Destination, Source, Third;

    /// <summary>Registers that make an address, as <see cref="Destination"/> names them.</summary>
    public short Base, Index;

    /// <summary>How far the index is shifted.</summary>
    public byte Scale;

    /// <summary>What is added to an address.</summary>
    public uint Displacement;

    /// <summary>Bits that an address has.</summary>
    public uint AddressMask;

    /// <summary>The segment of the operand in memory.</summary>
    public byte Segment;

    /// <summary>Bytes of the first operand, and of the second.</summary>
    public byte Size, SourceSize;

    /// <summary>By how much the first operand is shifted so that its sign is a word's.</summary>
    public byte Shift;

    /// <summary>Where the operands are.</summary>
    public byte DestinationKind, SourceKind;

    /// <summary>The condition, or how a string instruction is repeated.</summary>
    public byte Condition, Repeat;
}
