using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace Qmp.Conversations.Matching;

/// <summary>Compares JSON numbers by value: 1.0 is 1, but 2^64 - 1 is not 2^64.</summary>
internal static class Numbers
{
    public static bool AreEqual(JsonElement first, JsonElement second)
    {
        string a = first.GetRawText();
        string b = second.GetRawText();
        if (a == b) return true;
        BigInteger? whole = Whole(a);
        BigInteger? other = Whole(b);
        return whole is not null && other is not null ? whole == other : Real(a) == Real(b);
    }

    /// <summary>Whether the number is written without fraction and exponent.</summary>
    public static bool IsInteger(JsonElement number) => IsInteger(number.GetRawText());

    private static bool IsInteger(string text) => text.AsSpan().IndexOfAny(".eE") < 0;

    private static BigInteger? Whole(string text)
    {
        if (IsInteger(text)) return BigInteger.Parse(text, CultureInfo.InvariantCulture);
        double value = Real(text);
        return double.IsInteger(value) ? new BigInteger(value) : null;
    }

    private static double Real(string text) => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
}
