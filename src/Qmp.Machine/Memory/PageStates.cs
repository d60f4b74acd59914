namespace Qmp.Machine.Memory;

/// <summary>The states of some pages at a moment, in little room where they are equal.</summary>
public sealed class PageStates
{
    private readonly PageState _common;
    private readonly ushort[]? _kinds;
    private readonly uint[]? _generations;
    private readonly Dictionary<int, byte[]>? _bytes;

    /// <summary>Pages that are all alike.</summary>
    public PageStates(PageState common) => _common = common;

    /// <summary>Pages that differ.</summary>
    /// <param name="common">What those of them have in common that no list tells.</param>
    /// <param name="kinds">The codes of their kinds; <see langword="null"/> if they are of one.</param>
    /// <param name="generations">Their generations; <see langword="null"/> if they have one.</param>
    /// <param name="bytes">The bytes of those that keep theirs, by place.</param>
    public PageStates(PageState common, ushort[]? kinds, uint[]? generations, Dictionary<int, byte[]>? bytes)
    {
        _bytes = bytes;
        _common = common;
        _kinds = kinds;
        _generations = generations;
    }

    /// <summary>The state of all of them, if they are alike.</summary>
    public PageState? Common => _kinds is null && _generations is null && _bytes is null ? _common : null;

    /// <summary>Whether one of them keeps its bytes.</summary>
    internal bool HasBytes => _bytes is not null;

    /// <summary>The state of one.</summary>
    public PageState this[int index] => new(
        _kinds is null ? _common.Kind : PageKind.FromCode(_kinds[index]),
        _generations is null ? _common.Generation : _generations[index]);

    /// <summary>Makes the bytes of one.</summary>
    /// <param name="index">Its place here.</param>
    /// <param name="page">Its number in its block.</param>
    /// <param name="target">Room for a page.</param>
    public void Make(int index, long page, Span<byte> target)
    {
        if (this[index].Kind.IsRaw) BytesOf(index).CopyTo(target);
        else PageContent.Make(this[index], page, target);
    }

    /// <summary>Whether the first page here has the bytes of another's.</summary>
    internal bool IsSameBytes(PageStates other, long page)
    {
        Span<byte> mine = stackalloc byte[RamBlock.PageSize];
        Span<byte> theirs = stackalloc byte[RamBlock.PageSize];
        Make(0, page, mine);
        other.Make(0, page, theirs);
        return mine.SequenceEqual(theirs);
    }

    /// <summary>Whether all are of that kind.</summary>
    internal bool HasKind(ushort code) => _kinds is null && _common.Kind.Code == code;

    /// <summary>Whether all are of that generation.</summary>
    internal bool HasGeneration(uint generation) => _generations is null && _common.Generation == generation;

    /// <summary>The codes of the kinds of some.</summary>
    internal void CopyKinds(int from, Span<ushort> target)
    {
        if (_kinds is null) target.Fill(_common.Kind.Code);
        else _kinds.AsSpan(from, target.Length).CopyTo(target);
    }

    /// <summary>The generations of some.</summary>
    internal void CopyGenerations(int from, Span<uint> target)
    {
        if (_generations is null) target.Fill(_common.Generation);
        else _generations.AsSpan(from, target.Length).CopyTo(target);
    }

    /// <summary>The bytes of one that keeps its own.</summary>
    internal ReadOnlySpan<byte> BytesOf(int index) => _bytes![index];
}
