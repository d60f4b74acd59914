using System.Text;

namespace Qmp.Protocol.Json;

/// <summary>Reads the text of string tokens.</summary>
internal static class StringLiteral
{
    /// <summary>What is wrong with a string token, or <see langword="null"/>.</summary>
    /// <param name="token">The token with its quotes.</param>
    public static string? Check(ReadOnlySpan<byte> token)
    {
        Decode(token, [], out string? error);
        return error;
    }

    /// <summary>Decodes a valid string token.</summary>
    /// <param name="token">The token with its quotes.</param>
    /// <param name="target">At least as many characters as the token has bytes.</param>
    /// <returns>How many characters the string has.</returns>
    public static int Decode(ReadOnlySpan<byte> token, Span<char> target) => Decode(token, target, out _);

    private static int Decode(ReadOnlySpan<byte> token, Span<char> target, out string? error)
    {
        ReadOnlySpan<byte> text = token[1..^1];
        int written = 0;
        int at = 0;
        while (at < text.Length)
        {
            int scalar;
            if (text[at] != '\\')
            {
                scalar = ModifiedUtf8.Decode(text[at..], out int used);
                at += used;
                if (scalar < 0)
                {
                    error = "invalid UTF-8 sequence in string";
                    return 0;
                }
            }
            else
            {
                int start = at;
                scalar = Escape(text, ref at);
                if (scalar < 0)
                {
                    // The closing quote may be shown: four characters are taken for digits, whatever they are.
                    string shown = ModifiedUtf8.ToDisplay(token[1..].Slice(start, at - start));
                    error = text[start + 1] == 'u'
                        ? $"{shown} is not a valid Unicode character"
                        : "invalid escape sequence in string";
                    return 0;
                }
            }

            if (target.IsEmpty) continue;
            if (scalar < 0x10000) target[written++] = (char)scalar;
            else written += new Rune(scalar).EncodeToUtf16(target[written..]);
        }

        error = null;
        return written;
    }

    /// <summary>Reads an escape sequence and moves behind it.</summary>
    /// <returns>The character, or -1.</returns>
    private static int Escape(ReadOnlySpan<byte> text, ref int at)
    {
        byte kind = text[at + 1];
        at += 2;
        switch (kind)
        {
            case (byte)'b': return '\b';
            case (byte)'f': return '\f';
            case (byte)'n': return '\n';
            case (byte)'r': return '\r';
            case (byte)'t': return '\t';
            case (byte)'"' or (byte)'\'' or (byte)'\\' or (byte)'/': return kind;
            case (byte)'u': break;
            default: return -1;
        }

        int scalar = FourDigits(text[at..]);
        // The token's closing quote follows the text; nothing beyond it is ever shown.
        at = Math.Min(at + 4, text.Length + 1);
        if (scalar is >= 0xD800 and <= 0xDBFF && text[Math.Min(at, text.Length)..].StartsWith("\\u"u8))
        {
            int trailing = FourDigits(text[(at + 2)..]);
            if (trailing is < 0xDC00 or > 0xDFFF) return -1;
            scalar = char.ConvertToUtf32((char)scalar, (char)trailing);
            at += 6;
        }

        return ModifiedUtf8.IsCharacter(scalar) ? scalar : -1;
    }

    private static int FourDigits(ReadOnlySpan<byte> text)
    {
        if (text.Length < 4) return -1;
        int value = 0;
        foreach (byte digit in text[..4])
        {
            if (!char.IsAsciiHexDigit((char)digit)) return -1;
            value = (value << 4) | (digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
        }

        return value;
    }
}
