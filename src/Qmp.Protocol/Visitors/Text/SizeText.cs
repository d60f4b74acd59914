using System.Globalization;

namespace Qmp.Protocol.Visitors.Text;

/// <summary>Sizes as people write them: <c>64M</c>, <c>1.5G</c>, <c>0x1000</c>.</summary>
public static class SizeText
{
    private const string Suffixes = "BKMGTPE";

    /// <summary>Reads a size.</summary>
    /// <param name="text">
    /// A decimal number, with a fraction only if a suffix larger than <c>B</c> follows, or a hexadecimal one without a
    /// suffix. Suffixes count in powers of 1024; a fraction of a byte is rounded.
    /// </param>
    /// <param name="size">Bytes.</param>
    /// <param name="defaultSuffix">The suffix of a number that has none.</param>
    public static NumberOutcome Parse(string text, out ulong size, char defaultSuffix = 'B')
    {
        size = 0;
        NumberOutcome outcome = ReadWhole(text, out ulong whole, out int at, out bool isHexadecimal);
        ulong fraction = 0;
        if (isHexadecimal)
        {
            if (outcome == NumberOutcome.Valid && at < text.Length) return NumberOutcome.Malformed;
        }
        else if (outcome != NumberOutcome.OutOfRange)
        {
            outcome = ReadFraction(text, outcome, ref whole, ref at, out fraction);
        }

        if (outcome != NumberOutcome.Valid) return at < text.Length ? NumberOutcome.Malformed : outcome;
        int shift = Shift(defaultSuffix);
        if (!isHexadecimal && at < text.Length && Shift(text[at]) is var found && found >= 0)
        {
            shift = found;
            at++;
        }

        if (at < text.Length || (shift == 0 && fraction != 0)) return NumberOutcome.Malformed;
        UInt128 bytes = (UInt128)whole << shift;
        UInt128 part = (UInt128)fraction << shift;
        bytes += (part >> 64) + ((ulong)part >> 63);
        if (bytes > ulong.MaxValue) return NumberOutcome.OutOfRange;
        size = (ulong)bytes;
        return NumberOutcome.Valid;
    }

    /// <summary>The power of two that a suffix stands for; -1 if it is not a suffix.</summary>
    private static int Shift(char suffix)
    {
        int index = Suffixes.IndexOf(char.ToUpperInvariant(suffix), StringComparison.Ordinal);
        return index < 0 ? -1 : 10 * index;
    }

    private static NumberOutcome ReadWhole(string text, out ulong value, out int length, out bool isHexadecimal)
    {
        int start = NumberText.SpaceBefore(text);
        bool negative = start < text.Length && text[start] == '-';
        if (start < text.Length && text[start] is '-' or '+') start++;
        int end = start;
        while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
        value = 0;
        length = end == start ? 0 : end;
        isHexadecimal = false;
        if (end == start) return NumberOutcome.Malformed;
        if (negative
            || !ulong.TryParse(text.AsSpan(start, end - start), NumberStyles.None, CultureInfo.InvariantCulture, out value))
        {
            return NumberOutcome.OutOfRange;
        }

        if (value != 0 || end == text.Length || text[end] is not ('x' or 'X')) return NumberOutcome.Valid;
        isHexadecimal = true;
        return NumberText.ReadUInt64(text, out value, out length);
    }

    /// <summary>Reads what follows a point, in units of 2^-64; there need not be digits on both sides of it.</summary>
    private static NumberOutcome ReadFraction(
        string text, NumberOutcome before, ref ulong whole, ref int at, out ulong fraction)
    {
        fraction = 0;
        int point = before == NumberOutcome.Valid ? at : NumberText.SpaceBefore(text);
        bool negative = point < text.Length && before != NumberOutcome.Valid && text[point] == '-';
        if (negative || (point < text.Length && before != NumberOutcome.Valid && text[point] == '+')) point++;
        if (point >= text.Length || text[point] != '.') return before;
        int end = point + 1;
        while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
        if (end == point + 1 && before != NumberOutcome.Valid) return before;
        at = end;
        if (negative) return NumberOutcome.OutOfRange;
        double value = double.Parse($"0{text.AsSpan(point, end - point)}0", CultureInfo.InvariantCulture);
        if (value == 1)
        {
            whole++;
            return whole == 0 ? NumberOutcome.OutOfRange : NumberOutcome.Valid;
        }

        fraction = (ulong)(value * 18446744073709551616.0);
        if (fraction == 0 && text.AsSpan(point, end - point).ContainsAnyInRange('1', '9')) fraction = 1;
        return NumberOutcome.Valid;
    }
}
