using System.Globalization;

namespace Qmp.Protocol.Visitors.Text;

/// <summary>Numbers in text as C's library reads them: white space and a sign first, <c>0x</c> and <c>0</c> tell the base.</summary>
internal static class NumberText
{
    /// <summary>Reads a signed integer at the beginning of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="value">The number.</param>
    /// <param name="length">How much of the text it takes up.</param>
    public static NumberOutcome ReadInt64(ReadOnlySpan<char> text, out long value, out int length)
    {
        value = 0;
        if (!Scan(text, out bool negative, out UInt128 magnitude, out length)) return NumberOutcome.Malformed;
        if (magnitude > (negative ? 1UL << 63 : long.MaxValue)) return NumberOutcome.OutOfRange;
        value = negative ? (long)(0 - (ulong)magnitude) : (long)magnitude;
        return NumberOutcome.Valid;
    }

    /// <summary>Reads an unsigned integer at the beginning of a text; negative ones wrap around.</summary>
    /// <inheritdoc cref="ReadInt64" path="/param"/>
    public static NumberOutcome ReadUInt64(ReadOnlySpan<char> text, out ulong value, out int length)
    {
        value = 0;
        if (!Scan(text, out bool negative, out UInt128 magnitude, out length)) return NumberOutcome.Malformed;
        if (magnitude > ulong.MaxValue) return NumberOutcome.OutOfRange;
        value = negative ? 0 - (ulong)magnitude : (ulong)magnitude;
        return NumberOutcome.Valid;
    }

    /// <summary>Reads a text that is a signed integer and nothing else.</summary>
    public static NumberOutcome ParseInt64(string text, out long value)
    {
        NumberOutcome outcome = ReadInt64(text, out value, out int length);
        return length < text.Length ? NumberOutcome.Malformed : outcome;
    }

    /// <summary>Reads a text that is an unsigned integer and nothing else; negative ones wrap around.</summary>
    public static NumberOutcome ParseUInt64(string text, out ulong value)
    {
        NumberOutcome outcome = ReadUInt64(text, out value, out int length);
        return length < text.Length ? NumberOutcome.Malformed : outcome;
    }

    /// <summary>Reads a text that is a finite number and nothing else.</summary>
    public static bool TryParseDouble(string text, out double value)
    {
        const NumberStyles Decimal =
            NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        ReadOnlySpan<char> number = text.AsSpan(SpaceBefore(text));
        if (number.ContainsAnyInRange('0', '9')
            && number.IndexOfAny("nNiI") < 0
            && double.TryParse(number, Decimal, CultureInfo.InvariantCulture, out value))
        {
            return double.IsFinite(value);
        }

        bool isHexadecimal = number.Contains("0x", StringComparison.OrdinalIgnoreCase)
            & ParseInt64(text, out long integer) == NumberOutcome.Valid;
        value = integer;
        return isHexadecimal;
    }

    /// <summary>How much white space a text begins with.</summary>
    public static int SpaceBefore(ReadOnlySpan<char> text)
    {
        int rest = text.IndexOfAnyExcept(" \t\n\v\f\r");
        return rest < 0 ? text.Length : rest;
    }

    private static bool Scan(ReadOnlySpan<char> text, out bool negative, out UInt128 magnitude, out int length)
    {
        magnitude = 0;
        length = 0;
        int at = SpaceBefore(text);
        negative = at < text.Length && text[at] == '-';
        if (at < text.Length && text[at] is '-' or '+') at++;
        uint radix = 10;
        if (at < text.Length && text[at] == '0')
        {
            radix = 8;
            // Without a digit behind it the x is not part of the number.
            if (at + 2 < text.Length && text[at + 1] is 'x' or 'X' && char.IsAsciiHexDigit(text[at + 2]))
            {
                radix = 16;
                at += 2;
            }
        }

        int first = at;
        for (; at < text.Length && Digit(text[at]) is var digit && digit < radix; at++)
        {
            // Once it is too large it stays so.
            if (magnitude <= ulong.MaxValue) magnitude = (magnitude * radix) + digit;
        }

        if (at == first) return false;
        length = at;
        return true;
    }

    private static uint Digit(char c) => char.IsAsciiHexDigit(c)
        ? (uint)(char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10)
        : uint.MaxValue;
}
