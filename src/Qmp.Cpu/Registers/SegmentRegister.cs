namespace Qmp.Cpu.Registers;

/// <summary>A segment register with the descriptor that it was loaded from.</summary>
public struct SegmentRegister
{
    /// <summary>Bits of <see cref="Flags"/>: present, an ordinary segment, of code, readable code or writable data, accessed, 32 bits wide.</summary>
    public const uint Present = 1 << 15, Ordinary = 1 << 12, Code = 1 << 11, Permits = 1 << 9, Accessed = 1 << 8, Wide = 1 << 22;

    /// <summary>What a program loaded.</summary>
    public ushort Selector { get; set; }

    /// <summary>Where the segment begins.</summary>
    public uint Base { get; set; }

    /// <summary>The last offset in it.</summary>
    public uint Limit
    {
        readonly get => _limit;
        set
        {
            _limit = value;
            Update();
        }
    }

    /// <summary>The upper half of the descriptor without base and limit, as QEMU keeps it.</summary>
    public uint Flags
    {
        readonly get => _flags;
        set
        {
            _flags = value;
            Update();
        }
    }

    /// <summary>Whether code or stack are 32 bits wide.</summary>
    public readonly bool IsWide => (_flags & Wide) != 0;

    /// <summary>The last offset that can be used; -1 if none can.</summary>
    internal long Last { get; private set; }

    private uint _limit;
    private uint _flags;

    private void Update() => Last = (_flags & Present) != 0 ? _limit : -1;
}
