using System.Text;

namespace Qmp.Protocol.Json;

/// <summary>QEMU's reading of UTF-8: C0 80 is U+0000; surrogates and noncharacters are invalid.</summary>
internal static class ModifiedUtf8
{
    /// <summary>The replacement for invalid bytes.</summary>
    public const char Replacement = '\uFFFD';

    /// <summary>Whether this number is a Unicode character that the dialect lets through.</summary>
    public static bool IsCharacter(int scalar) =>
        scalar is >= 0 and <= 0x10FFFF
        && scalar is not (>= 0xD800 and <= 0xDFFF)
        && scalar is not (>= 0xFDD0 and <= 0xFDEF)
        && (scalar & 0xFFFE) != 0xFFFE;

    /// <summary>Reads one sequence at the start of <paramref name="bytes"/>, which must not be empty.</summary>
    /// <param name="bytes">The text.</param>
    /// <param name="used">The bytes that belong together, also when they are invalid.</param>
    /// <returns>The character, or -1.</returns>
    public static int Decode(ReadOnlySpan<byte> bytes, out int used)
    {
        used = 1;
        int first = bytes[0];
        if (first < 0x80) return first;
        if (first is < 0xC0 or >= 0xFE) return -1;

        // The lead byte announces up to six bytes (RFC 2279); a missing one ends the sequence where it stands.
        int length = System.Numerics.BitOperations.LeadingZeroCount((uint)(byte)~first) - 24;
        int scalar = first & (0x7F >> length);
        for (; used < length; used++)
        {
            if (used == bytes.Length || (bytes[used] & 0xC0) != 0x80) return -1;
            scalar = (scalar << 6) | (bytes[used] & 0x3F);
        }

        int least = length switch { 2 => 0x80, 3 => 0x800, 4 => 0x10000, 5 => 0x200000, _ => 0x4000000 };
        bool overlong = scalar < least && !(scalar == 0 && length == 2);
        return overlong || !IsCharacter(scalar) ? -1 : scalar;
    }

    /// <summary>
    /// The text as an error message shows it: up to the first NUL byte, with invalid bytes replaced.
    /// </summary>
    public static string ToDisplay(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty && bytes[0] != 0)
        {
            int scalar = Decode(bytes, out int used);
            if (scalar < 0) text.Append(Replacement);
            else text.Append(new Rune(scalar).ToString());
            bytes = bytes[used..];
        }

        return text.ToString();
    }
}
