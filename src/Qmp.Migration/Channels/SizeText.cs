using System.Globalization;

namespace Qmp.Migration.Channels;

/// <summary>Sizes in URIs: a decimal number with an optional suffix, or a hexadecimal one.</summary>
internal static class SizeText
{
    private const string Suffixes = "BKMGTPE";

    /// <summary>How reading a size ended.</summary>
    public enum Outcome
    {
        /// <summary>It is a size.</summary>
        Size,

        /// <summary>It is a number, but negative or too large.</summary>
        OutOfRange,

        /// <summary>It is no number.</summary>
        Malformed,
    }

    public static Outcome Parse(string text, out ulong size)
    {
        size = 0;
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            return Number(text.AsSpan(2), NumberStyles.AllowHexSpecifier, "0123456789abcdefABCDEF", 1, out size);
        }

        if (text.StartsWith('-')) return Outcome.OutOfRange;
        int shift = text.Length > 0 ? Suffixes.IndexOf(char.ToUpperInvariant(text[^1]), StringComparison.Ordinal) : -1;
        ReadOnlySpan<char> digits = shift < 0 ? text : text.AsSpan(0, text.Length - 1);
        return Number(digits, NumberStyles.None, "0123456789", 1UL << 10 * Math.Max(0, shift), out size);
    }

    private static Outcome Number(
        ReadOnlySpan<char> digits, NumberStyles style, string allowed, ulong unit, out ulong size)
    {
        size = 0;
        if (digits.IsEmpty || digits.IndexOfAnyExcept(allowed) >= 0) return Outcome.Malformed;
        if (!UInt128.TryParse(digits, style, CultureInfo.InvariantCulture, out UInt128 value)
            || value * unit > ulong.MaxValue)
        {
            return Outcome.OutOfRange;
        }

        size = (ulong)(value * unit);
        return Outcome.Size;
    }
}
