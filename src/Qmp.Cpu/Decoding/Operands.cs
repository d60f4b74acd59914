using Iced.Intel;
using Qmp.Cpu.Registers;
using Instruction = Qmp.Cpu.Execution.Instruction;

namespace Qmp.Cpu.Decoding;

/// <summary>Finds out where the operands of an instruction are.</summary>
internal static class Operands
{
    /// <summary>Behind the general registers, where a zero is.</summary>
    public const short Nowhere = CpuRegisters.Count * 4;

    /// <summary>Fills in the operands, as far as they are the same for all instructions.</summary>
    public static void Read(ref Instruction op, in Iced.Intel.Instruction found)
    {
        bool hasMemory = false;
        for (int i = 0; i < found.OpCount; i++)
        {
            OpKind kind = found.GetOpKind(i);
            switch (kind)
            {
                case OpKind.Register:
                    OfRegister(ref op, i, found.GetOpRegister(i));
                    break;

                case OpKind.Memory:
                    hasMemory = true;
                    OfMemory(ref op, i, found);
                    break;

                case OpKind.NearBranch16 or OpKind.NearBranch32:
                    op.Immediate = kind == OpKind.NearBranch16 ? found.NearBranch16 : found.NearBranch32;
                    break;

                case OpKind.FarBranch16 or OpKind.FarBranch32:
                    op.Immediate = kind == OpKind.FarBranch16 ? found.FarBranch16 : found.FarBranch32;
                    op.Immediate2 = found.FarBranchSelector;
                    break;

                case OpKind.Immediate8_2nd:
                    op.Immediate2 = found.Immediate8_2nd;
                    break;

                case >= OpKind.MemorySegSI and <= OpKind.MemoryESRDI:
                    OfString(ref op, kind, found);
                    break;

                default:
                    op.Immediate = (uint)found.GetImmediate(i);
                    if (i == 0) op.DestinationKind = Instruction.IsImmediate;
                    else if (i == 1) op.SourceKind = Instruction.IsImmediate;
                    break;
            }
        }

        if (op.Size == 0) op.Size = hasMemory ? SizeOf(found.MemorySize) : (byte)0;
        SetSize(ref op, op.Size);
        op.SourceMask = MaskOf(op.SourceSize);
    }

    /// <summary>Sets the size of the first operand.</summary>
    public static void SetSize(ref Instruction op, byte size)
    {
        op.Size = size;
        op.Mask = MaskOf(size);
        op.Shift = (byte)(size is 1 or 2 ? 32 - (size * 8) : 0);
    }

    /// <summary>The byte of the register file where a general register begins.</summary>
    public static short PlaceOf(Register register) => register switch
    {
        >= Register.AL and <= Register.BL => (short)((register - Register.AL) * 4),
        >= Register.AH and <= Register.BH => (short)(((register - Register.AH) * 4) + 1),
        >= Register.AX and <= Register.DI => (short)((register - Register.AX) * 4),
        >= Register.EAX and <= Register.EDI => (short)((register - Register.EAX) * 4),
        _ => Nowhere,
    };

    private static void OfRegister(ref Instruction op, int i, Register register)
    {
        byte size = register switch
        {
            >= Register.AL and <= Register.R15L => 1,
            >= Register.AX and <= Register.R15W => 2,
            >= Register.EAX and <= Register.R15D => 4,
            _ => 0,
        };
        if (size == 0)
        {
            op.Third = register switch
            {
                >= Register.ES and <= Register.GS => (short)(register - Register.ES),
                >= Register.CR0 and <= Register.CR15 => (short)(register - Register.CR0),
                _ => -1,
            };
            return;
        }

        short place = PlaceOf(register);
        switch (i)
        {
            case 0:
                op.Destination = place;
                op.Size = size;
                break;

            case 1:
                op.Source = place;
                op.SourceSize = size;
                break;

            default:
                op.Third = place;
                break;
        }
    }

    private static void OfMemory(ref Instruction op, int i, in Iced.Intel.Instruction found)
    {
        byte size = SizeOf(found.MemorySize);
        if (i == 0)
        {
            op.DestinationKind = Instruction.InMemory;
            op.Size = size;
        }
        else
        {
            op.SourceKind = Instruction.InMemory;
            op.SourceSize = size;
        }

        if (found.MemoryBase != Register.None) op.Base = PlaceOf(found.MemoryBase);
        if (found.MemoryIndex != Register.None)
        {
            op.Index = PlaceOf(found.MemoryIndex);
            op.Scale = (byte)System.Numerics.BitOperations.Log2((uint)found.MemoryIndexScale);
        }

        op.Displacement = found.MemoryDisplacement32;
        op.Segment = (byte)(found.MemorySegment - Register.ES);
        bool is16 = found.MemoryBase is >= Register.AX and <= Register.DI
            || found.MemoryIndex is >= Register.AX and <= Register.DI
            || (found.MemoryBase == Register.None && found.MemoryIndex == Register.None && found.MemoryDisplSize == 2);
        op.AddressMask = is16 ? 0xffff : uint.MaxValue;
    }

    private static void OfString(ref Instruction op, OpKind kind, in Iced.Intel.Instruction found)
    {
        op.AddressMask = kind is OpKind.MemorySegSI or OpKind.MemorySegDI or OpKind.MemoryESDI ? 0xffff : uint.MaxValue;
        op.Size = SizeOf(found.MemorySize);
        if (kind is OpKind.MemorySegSI or OpKind.MemorySegESI) op.Segment = (byte)(found.MemorySegment - Register.ES);
    }

    private static uint MaskOf(byte size) => size switch
    {
        1 => 0xff,
        2 => 0xffff,
        _ => uint.MaxValue,
    };

    private static byte SizeOf(MemorySize size) => size switch
    {
        MemorySize.UInt8 or MemorySize.Int8 => 1,
        MemorySize.UInt16 or MemorySize.Int16 or MemorySize.WordOffset or MemorySize.SegPtr16 => 2,
        MemorySize.UInt32 or MemorySize.Int32 or MemorySize.DwordOffset or MemorySize.SegPtr32 => 4,
        _ => 0,
    };
}
