using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Qmp.Conversations.Matching;

/// <summary>The exact text of messages.</summary>
/// <remarks>
/// Deliberately without the project's own JSON writer: what is compared must not be made by what is tested.
/// </remarks>
internal static partial class WireText
{
    private const int ShortLength = 220;

    /// <summary>The same JSON with QEMU's separators and escapes, and numbers as they are.</summary>
    public static string Rewrite(string json)
    {
        var text = new StringBuilder(json.Length + 16);
        for (int i = 0; i < json.Length; i++)
        {
            switch (json[i])
            {
                case '"':
                    i = RewriteString(json, i, text);
                    break;
                case ',' or ':':
                    text.Append(json[i]).Append(' ');
                    break;
                case ' ' or '\t' or '\r' or '\n':
                    break;
                default:
                    text.Append(json[i]);
                    break;
            }
        }

        return text.ToString();
    }

    /// <summary>The text with tokens in the place of timestamps and versions.</summary>
    public static string Normalize(string text) =>
        VersionObject().Replace(TimestampObject().Replace(text, Tokens.Timestamp), Tokens.Version);

    /// <summary>A value for a message to people: a string without quotes, everything else as JSON, cut if long.</summary>
    public static string Show(JsonElement value) => Shorten(
        value.ValueKind == JsonValueKind.String ? value.GetString()! : Rewrite(value.GetRawText()));

    /// <summary>A text, cut if long.</summary>
    public static string Shorten(string text, int length = ShortLength) => text.Length <= length
        ? text
        : string.Create(CultureInfo.InvariantCulture, $"{text[..length]}...({text.Length})");

    /// <summary>A text in quotes with its line ends visible, cut if long.</summary>
    public static string Quote(string text)
    {
        string visible = text.Replace("\r", "\\r", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return $"'{Shorten(visible)}'";
    }

    /// <returns>The index of the closing quote.</returns>
    private static int RewriteString(string json, int open, StringBuilder text)
    {
        text.Append('"');
        int i = open + 1;
        for (; json[i] != '"'; i++)
        {
            char c = json[i];
            if (c == '\\')
            {
                c = json[++i] switch
                {
                    'b' => '\b',
                    'f' => '\f',
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    'u' => (char)ushort.Parse(
                        json.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
                    var same => same,
                };
                if (json[i] == 'u') i += 4;
            }

            Append(text, c);
        }

        text.Append('"');
        return i;
    }

    private static void Append(StringBuilder text, char c)
    {
        string? escape = c switch
        {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\b' => "\\b",
            '\f' => "\\f",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            < ' ' or > '~' => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}"),
            _ => null,
        };
        if (escape is null) text.Append(c);
        else text.Append(escape);
    }

    [GeneratedRegex("""\{\s*"seconds": \d+,\s*"microseconds": \d+\s*\}""")]
    private static partial Regex TimestampObject();

    [GeneratedRegex("""\{\s*"qemu": \{[^{}]*\},\s*"package": "[^"]*"\s*\}""")]
    private static partial Regex VersionObject();
}
