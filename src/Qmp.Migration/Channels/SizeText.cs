using System.Globalization;
using System.Numerics;

namespace Qmp.Migration.Channels;

/// <summary>Sizes in URIs: a decimal number, with a fraction if a suffix follows, or a hexadecimal one.</summary>
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
        ReadOnlySpan<char> rest = text.AsSpan().TrimStart(" \t\n\v\f\r");
        bool isNegative = rest is ['-', ..];
        if (rest is ['+' or '-', ..]) rest = rest[1..];
        if (rest is ['0', 'x' or 'X', .. var hex] && IsHex(hex))
        {
            if (isNegative) return Outcome.OutOfRange;
            return ulong.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out size)
                ? Outcome.Size
                : Outcome.OutOfRange;
        }

        ReadOnlySpan<char> whole = TakeDigits(ref rest);
        ReadOnlySpan<char> fraction = [];
        if (rest is ['.', ..] && (whole.Length > 0 || rest is [_, >= '0' and <= '9', ..]))
        {
            rest = rest[1..];
            fraction = TakeDigits(ref rest);
        }

        if (whole.IsEmpty && fraction.IsEmpty) return Outcome.Malformed;
        int suffix = 0;
        if (rest.Length == 1) suffix = Suffixes.IndexOf(char.ToUpperInvariant(rest[0]), StringComparison.Ordinal);
        if (rest.Length > 1 || suffix < 0) return Outcome.Malformed;
        if (isNegative) return Outcome.OutOfRange;
        if (fraction.ContainsAnyInRange('1', '9') && suffix == 0) return Outcome.Malformed;
        BigInteger digits = BigInteger.Parse($"0{whole}{fraction}", CultureInfo.InvariantCulture);
        BigInteger divisor = BigInteger.Pow(10, fraction.Length);

        // Half a byte counts as one.
        BigInteger bytes = (((digits << (10 * suffix)) * 2) + divisor) / (2 * divisor);
        if (bytes > ulong.MaxValue) return Outcome.OutOfRange;
        size = (ulong)bytes;
        return Outcome.Size;
    }

    private static bool IsHex(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            if (!char.IsAsciiHexDigit(c)) return false;
        }

        return !text.IsEmpty;
    }

    private static ReadOnlySpan<char> TakeDigits(scoped ref ReadOnlySpan<char> text)
    {
        int end = text.IndexOfAnyExceptInRange('0', '9');
        ReadOnlySpan<char> digits = end < 0 ? text : text[..end];
        text = text[digits.Length..];
        return digits;
    }
}
