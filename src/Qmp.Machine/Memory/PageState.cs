namespace Qmp.Machine.Memory;

/// <summary>What a page of counted memory holds: its kind, and how often it was written.</summary>
/// <param name="Kind">What pages of its kind are made of.</param>
/// <param name="Generation">The number of its latest write, modulo 2^32; 0 for none.</param>
public readonly record struct PageState(PageKind Kind, uint Generation)
{
    /// <summary>A page of zeros.</summary>
    public static PageState Zero => default;

    /// <summary>Whether pages in these states have the same bytes, if both are the same page; neither keeps bytes of its own.</summary>
    internal bool HasBytesOf(PageState other) =>
        this == other || (Generation == other.Generation && Generation > 0 && Kind.Change == RamBlock.PageSize && other.Kind.Change == RamBlock.PageSize);

    /// <summary>Whether all bytes are zero.</summary>
    public bool IsZero => Kind.Fill == 0 && Generation == 0 && !Kind.IsRaw;
}

/// <summary>What pages are made of: how much of one is noise, and how much of it a write changes.</summary>
/// <remarks>Both are in 16 bits, so that many pages take little room.</remarks>
public readonly record struct PageKind
{
    private const ushort RawCode = ushort.MaxValue;
    private const int ChangeShift = 8;

    private PageKind(ushort code) => Code = code;

    /// <summary>Pages whose bytes are kept, because no model describes them.</summary>
    public static PageKind Raw => new(RawCode);

    /// <summary>Pages that are noise, and of which a write changes all.</summary>
    public static PageKind Noise { get; } = Of(100);

    /// <summary>Both parts in one number.</summary>
    public ushort Code { get; }

    /// <summary>Whether the bytes are kept.</summary>
    public bool IsRaw => Code == RawCode;

    /// <summary>Percent of the page that is noise; the rest is zeros, which a compressor makes almost nothing of.</summary>
    public int Fill => Code & 0x7f;

    /// <summary>Bytes at its start that a write changes.</summary>
    public int Change => 1 << (Code >> ChangeShift & 0xf);

    /// <summary>A kind.</summary>
    /// <param name="fill">Percent of noise, 0 to 100.</param>
    /// <param name="change">Bytes that a write changes, at most a page; taken as the next power of two.</param>
    public static PageKind Of(int fill, int change = RamBlock.PageSize)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)fill, 100u, nameof(fill));
        ArgumentOutOfRangeException.ThrowIfLessThan(change, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(change, RamBlock.PageSize);
        int power = 0;
        while (1 << power < change) power++;
        return new PageKind((ushort)(fill | power << ChangeShift));
    }

    /// <summary>The kind with that code.</summary>
    public static PageKind FromCode(ushort code) => new(code);
}
