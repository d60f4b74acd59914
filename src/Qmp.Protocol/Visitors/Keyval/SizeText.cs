using System.Globalization;

namespace Qmp.Protocol.Visitors.Keyval;

/// <summary>Sizes as people write them: <c>64M</c>, <c>1.5G</c>, <c>0x1000</c>.</summary>
public static class SizeText
{
    private const string Suffixes = "BKMGTPE";

    /// <summary>Reads a size.</summary>
    /// <param name="text">A non-negative number, with a fraction only if a suffix follows.</param>
    /// <param name="defaultSuffix">The suffix of a number that has none: <c>B</c> for bytes, <c>M</c> for -m.</param>
    /// <param name="size">Bytes.</param>
    /// <returns>Whether it is a size below 2^64.</returns>
    public static bool TryParse(string text, out ulong size, char defaultSuffix = 'B')
    {
        size = 0;
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            return ulong.TryParse(
                text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out size);
        }

        int shift = Shift(defaultSuffix);
        ReadOnlySpan<char> number = text;
        if (number.Length > 0 && Shift(number[^1]) is var suffix && suffix >= 0)
        {
            shift = suffix;
            number = number[..^1];
        }

        if (!decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value)
            || number.Contains('e') || (shift == 0 && value != decimal.Truncate(value)))
        {
            return false;
        }

        decimal bytes = Math.Round(value * (1UL << shift), MidpointRounding.AwayFromZero);
        if (bytes > ulong.MaxValue) return false;
        size = (ulong)bytes;
        return true;
    }

    private static int Shift(char suffix) =>
        Suffixes.IndexOf(char.ToUpperInvariant(suffix), StringComparison.Ordinal) is var index && index < 0
            ? -1
            : 10 * index;
}
