using Qmp.Cpu.Faults;
using Qmp.Cpu.Registers;

namespace Qmp.Cpu.Execution;

/// <summary>Loads segment registers.</summary>
internal static class SegmentLoader
{
    private const uint InLocalTable = 4, Level = 3;
    private const uint Conforming = 1 << 10; // of code; of data, that the segment grows downwards
    private const uint Coarse = 1 << 23;

    /// <summary>Loads a segment of data, or the stack's.</summary>
    /// <exception cref="GuestFaultException">There is no such segment.</exception>
    public static void Load(ExecutionUnit u, int name, ushort selector)
    {
        ref SegmentRegister segment = ref u.Registers.Segment(name);
        if (!u.Registers.IsProtected)
        {
            segment.Selector = selector;
            segment.Base = (uint)selector << 4;
            return;
        }

        if ((selector & ~Level) == 0)
        {
            if (name == SegmentName.Ss) throw Refusal(selector);
            segment = new SegmentRegister { Selector = selector };
            return;
        }

        SegmentRegister loaded = Read(u, selector, out uint address, out uint flags);
        bool isCode = (flags & SegmentRegister.Code) != 0;
        bool permits = (flags & SegmentRegister.Permits) != 0;
        if (name == SegmentName.Ss ? isCode || !permits : isCode && !permits) throw Refusal(selector);
        if (!isCode && (flags & Conforming) != 0) throw new UnsupportedException("a segment that grows downwards");
        segment = Accessed(u, loaded, address);
    }

    /// <summary>Finds a segment of code, which <see cref="Enter"/> enters.</summary>
    /// <exception cref="GuestFaultException">There is no such segment.</exception>
    public static SegmentRegister FindCode(ExecutionUnit u, ushort selector)
    {
        if (!u.Registers.IsProtected)
        {
            SegmentRegister real = u.Registers.Segment(SegmentName.Cs);
            real.Selector = selector;
            real.Base = (uint)selector << 4;
            return real;
        }

        if ((selector & ~Level) == 0) throw Refusal(selector);
        SegmentRegister code = Read(u, selector, out uint address, out uint flags);
        if ((flags & SegmentRegister.Code) == 0) throw Refusal(selector);
        return Accessed(u, code, address);
    }

    /// <summary>Goes on in a segment of code.</summary>
    public static void Enter(ExecutionUnit u, SegmentRegister code, uint ip)
    {
        u.Registers.Segment(SegmentName.Cs) = code;
        u.Registers.Ip = ip;
    }

    private static SegmentRegister Read(ExecutionUnit u, ushort selector, out uint address, out uint flags)
    {
        if ((selector & InLocalTable) != 0) throw new UnsupportedException("a local table of segments");
        if ((selector & Level) != 0) throw new UnsupportedException("a level without privileges");
        DescriptorTable table = u.Registers.Gdt;
        if ((selector | 7u) > table.Limit) throw Refusal(selector);
        address = table.Base + (selector & ~7u);
        uint low = u.Memory.Read(address, 4);
        flags = u.Memory.Read(address + 4, 4);
        if ((flags & SegmentRegister.Ordinary) == 0) throw new UnsupportedException("a gate or task");
        if ((flags & SegmentRegister.Present) == 0) throw new GuestFaultException(NotPresent, selector);
        uint limit = (low & 0xffff) | (flags & 0xf0000);
        return new SegmentRegister
        {
            Selector = selector,
            Base = low >> 16 | (flags & 0xff) << 16 | (flags & 0xff000000),
            Limit = (flags & Coarse) != 0 ? limit << 12 | 0xfff : limit,
            Flags = flags,
        };
    }

    private const int NotPresent = 11;

    private static SegmentRegister Accessed(ExecutionUnit u, SegmentRegister segment, uint address)
    {
        if ((segment.Flags & SegmentRegister.Accessed) != 0) return segment;
        segment.Flags |= SegmentRegister.Accessed;
        u.Memory.Write(address + 4, 4, segment.Flags);
        return segment;
    }

    private static GuestFaultException Refusal(ushort selector) => new(GuestFaultException.Protection, selector & ~Level);
}
