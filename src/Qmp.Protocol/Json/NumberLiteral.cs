using System.Buffers.Text;
using System.Globalization;
using System.Numerics;

namespace Qmp.Protocol.Json;

/// <summary>Numbers as text: what the dialect keeps exact, and C's <c>%.17g</c> for the rest.</summary>
internal static class NumberLiteral
{
    /// <summary>Longest text that <see cref="Format(double, Span{byte})"/> writes.</summary>
    public const int MaxFormatted = 32;

    /// <summary>Reads an integer token that fits a signed 64-bit integer.</summary>
    public static bool TryInt64(ReadOnlySpan<byte> token, out long value) =>
        Utf8Parser.TryParse(token, out value, out int used) && used == token.Length;

    /// <summary>Reads an integer token that fits an unsigned 64-bit integer.</summary>
    public static bool TryUInt64(ReadOnlySpan<byte> token, out ulong value) =>
        Utf8Parser.TryParse(token, out value, out int used) && used == token.Length;

    /// <summary>Reads any number token as the nearest double; too large ones become infinite.</summary>
    public static double ToDouble(ReadOnlySpan<byte> token) =>
        double.Parse(token, NumberStyles.Float, CultureInfo.InvariantCulture);

    /// <summary>The nearest double; a conversion of .NET would cut digits off instead.</summary>
    public static double ToDouble(BigInteger value) =>
        double.Parse(value.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    /// <summary>Writes a double as <c>%.17g</c> does.</summary>
    /// <returns>How many bytes were written.</returns>
    public static int Format(double value, Span<byte> target)
    {
        ReadOnlySpan<byte> special =
            double.IsPositiveInfinity(value) ? "inf"u8
            : double.IsNegativeInfinity(value) ? "-inf"u8
            : double.IsNaN(value) ? "nan"u8
            : default;
        if (!special.IsEmpty)
        {
            special.CopyTo(target);
            return special.Length;
        }

        if (!value.TryFormat(target, out int written, "G17", CultureInfo.InvariantCulture))
        {
            throw new ArgumentException("too short", nameof(target));
        }

        int exponent = target[..written].IndexOf((byte)'E');
        if (exponent >= 0) target[exponent] = (byte)'e';
        return written;
    }
}
