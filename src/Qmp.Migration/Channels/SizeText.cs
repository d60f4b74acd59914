using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace Qmp.Migration.Channels;

/// <summary>Sizes in URIs: a decimal number, with a fraction if a suffix follows, or a hexadecimal one.</summary>
internal static partial class SizeText
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
        Match match = Form().Match(text);
        if (!match.Success) return Outcome.Malformed;
        if (match.Groups["sign"].Value == "-") return Outcome.OutOfRange;
        if (match.Groups["hex"] is { Success: true } hex)
        {
            return ulong.TryParse(hex.ValueSpan, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out size)
                ? Outcome.Size
                : Outcome.OutOfRange;
        }

        string suffix = match.Groups["suffix"].Value.ToUpperInvariant();
        string fraction = match.Groups["fraction"].Value;
        bool isScaled = suffix.Length > 0 && suffix != "B";
        if (fraction.AsSpan().ContainsAnyInRange('1', '9') && !isScaled) return Outcome.Malformed;
        BigInteger digits = BigInteger.Parse($"0{match.Groups["whole"].ValueSpan}{fraction}", CultureInfo.InvariantCulture);
        BigInteger divisor = BigInteger.Pow(10, fraction.Length);
        int shift = isScaled ? 10 * Suffixes.IndexOf(suffix, StringComparison.Ordinal) : 0;

        // Half a byte counts as one.
        BigInteger bytes = (((digits << shift) * 2) + divisor) / (2 * divisor);
        if (bytes > ulong.MaxValue) return Outcome.OutOfRange;
        size = (ulong)bytes;
        return Outcome.Size;
    }

    [GeneratedRegex(
        @"^[ \t\n\v\f\r]*(?<sign>[+-])?(0[xX](?<hex>[0-9a-fA-F]+)|(?<whole>(?=\.?[0-9])[0-9]*)(\.(?<fraction>[0-9]*))?(?<suffix>[BKMGTPEbkmgtpe])?)\z",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
