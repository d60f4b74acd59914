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

    /// <summary>The bytes of one that keeps its own.</summary>
    internal ReadOnlySpan<byte> BytesOf(int index) => _bytes![index];
}
