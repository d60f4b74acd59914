namespace Qmp.Protocol.Visitors.Text;

/// <summary>The numbers of <c>3</c> or <c>3-7</c> that have not been taken yet.</summary>
internal struct IntegerRange
{
    /// <summary>A range of more elements is refused: it would cost memory for nothing.</summary>
    public const int MaxLength = 65536;

    private ulong _next;
    private ulong _left;

    /// <summary>Whether there are any.</summary>
    public readonly bool HasMore => _left > 0;

    /// <summary>Takes the least of them; signed ones as their bits.</summary>
    public ulong Take()
    {
        _left--;
        return _next++;
    }

    /// <summary>Reads a range, or a single number, that is all of a text.</summary>
    public static bool TryParseSigned(ReadOnlySpan<char> text, out IntegerRange range) =>
        TryReadSigned(text, out range, out int length) && length == text.Length;

    /// <inheritdoc cref="TryParseSigned"/>
    public static bool TryParseUnsigned(ReadOnlySpan<char> text, out IntegerRange range) =>
        TryReadUnsigned(text, out range, out int length) && length == text.Length;

    /// <summary>Reads a range, or a single number, at the beginning of a text.</summary>
    public static bool TryReadSigned(ReadOnlySpan<char> text, out IntegerRange range, out int length)
    {
        range = default;
        if (NumberText.ReadInt64(text, out long first, out length) != NumberOutcome.Valid) return false;
        long last = first;
        if (length < text.Length && text[length] == '-')
        {
            int at = length + 1;
            if (NumberText.ReadInt64(text[at..], out last, out length) != NumberOutcome.Valid || last < first) return false;
            length += at;
        }

        return TrySet(ref range, (ulong)first, (ulong)last);
    }

    /// <inheritdoc cref="TryReadSigned"/>
    public static bool TryReadUnsigned(ReadOnlySpan<char> text, out IntegerRange range, out int length)
    {
        range = default;
        if (NumberText.ReadUInt64(text, out ulong first, out length) != NumberOutcome.Valid) return false;
        ulong last = first;
        if (length < text.Length && text[length] == '-')
        {
            int at = length + 1;
            if (NumberText.ReadUInt64(text[at..], out last, out length) != NumberOutcome.Valid || last < first) return false;
            length += at;
        }

        return TrySet(ref range, first, last);
    }

    private static bool TrySet(ref IntegerRange range, ulong first, ulong last)
    {
        if (last - first >= MaxLength) return false;
        range._next = first;
        range._left = last - first + 1;
        return true;
    }
}
