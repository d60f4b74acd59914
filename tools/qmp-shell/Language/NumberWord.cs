using System.Globalization;
using System.Numerics;
using Newtonsoft.Json.Linq;

namespace Qmp.Shell.Language;

/// <summary>Numbers as people write them: decimal, <c>0x</c>, and what has a fraction or an exponent.</summary>
internal static class NumberWord
{
    /// <summary>The number, or <see langword="null"/> for what is none, or none that fits into 64 bits.</summary>
    public static JValue? TryRead(string word) => TryReadInteger(word) ?? TryReadFraction(word);

    /// <summary>The same without fractions.</summary>
    public static JValue? TryReadInteger(string word)
    {
        ReadOnlySpan<char> digits = word.AsSpan().TrimStart("+-");
        if (digits.IsEmpty || word.Length - digits.Length > 1) return null;
        bool isHex = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        // The leading zero keeps hexadecimal numbers positive.
        bool isNumber = isHex
            ? BigInteger.TryParse(
                $"0{digits[2..]}", NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out BigInteger number)
            : BigInteger.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number);
        if (!isNumber || (isHex && digits.Length == 2)) return null;
        if (word[0] == '-') number = -number;
        if (number >= long.MinValue && number <= long.MaxValue) return new JValue((long)number);
        return number > 0 && number <= ulong.MaxValue ? new JValue((ulong)number) : null;
    }

    /// <summary>An integer, or a size with a unit: K, M, G or T, which are powers of 1024.</summary>
    public static JValue? TryReadSize(string word)
    {
        if (TryReadInteger(word) is { } plain) return plain;
        int power = word.Length > 1 ? "KMGT".IndexOf(char.ToUpperInvariant(word[^1])) + 1 : 0;
        if (power == 0 || !ulong.TryParse(word.AsSpan(0, word.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out ulong number))
        {
            return null;
        }

        BigInteger bytes = new BigInteger(number) << (10 * power);
        return bytes <= long.MaxValue ? new JValue((long)bytes) : null;
    }

    private static JValue? TryReadFraction(string word) =>
        word.AsSpan().ContainsAny(".eE") && word.AsSpan().ContainsAnyInRange('0', '9')
        && double.TryParse(
            word,
            NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
            CultureInfo.InvariantCulture,
            out double number)
        && double.IsFinite(number)
            ? new JValue(number)
            : null;
}
