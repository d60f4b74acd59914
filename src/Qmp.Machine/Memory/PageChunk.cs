namespace Qmp.Machine.Memory;

/// <summary>Pages next to each other, in little room as long as they are alike.</summary>
internal struct PageChunk
{
    /// <summary>How many pages it has, as a power of two.</summary>
    public const int Shift = 9;

    /// <summary>How many pages it has.</summary>
    public const int Pages = 1 << Shift;

    /// <summary>The codes of the kinds of its pages, where they differ.</summary>
    public ushort[]? Kinds;

    /// <summary>The generation of all of them, unless <see cref="IsDense"/>.</summary>
    public uint Generation;

    /// <summary>The code of the kind of all of them, unless there are <see cref="Kinds"/>.</summary>
    public ushort Kind;

    /// <summary>Whether its pages differ in their generations.</summary>
    public bool IsDense;

    /// <summary>Whether its pages are alike.</summary>
    public readonly bool IsUniform => Kinds is null && !IsDense;

    /// <summary>What they are like then.</summary>
    public readonly PageState Common => new(PageKind.FromCode(Kind), Generation);

    /// <summary>Whether kinds have to be told apart, once one page is of this one.</summary>
    public bool Differs(ushort kind)
    {
        if (Kinds is null && Kind != kind) MakeKinds();
        return Kinds is not null;
    }

    /// <summary>Has kinds told apart.</summary>
    public ushort[] MakeKinds()
    {
        if (Kinds is null) Array.Fill(Kinds = new ushort[Pages], Kind);
        return Kinds;
    }
}
