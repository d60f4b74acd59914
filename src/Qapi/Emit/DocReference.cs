using System.Text;

namespace Qapi.Emit;

/// <summary>
/// References to names in documentation: <c>@name</c>, where no letter or digit goes before. A name begins with a
/// letter or <c>_</c> and does not end with <c>.</c> or <c>-</c>, which are the sentence's.
/// </summary>
internal static class DocReference
{
    /// <summary>Puts the names between two texts, in place of their <c>@</c>.</summary>
    public static string Replace(string text, string before, string after)
    {
        var at = Find(text, 0, out var end);
        if (at < 0)
            return text;
        var result = new StringBuilder(text.Length + before.Length + after.Length);
        var copied = 0;
        for (; at >= 0; at = Find(text, end, out end))
        {
            result.Append(text, copied, at - copied).Append(before).Append(text, at + 1, end - at - 1).Append(after);
            copied = end;
        }
        return result.Append(text, copied, text.Length - copied).ToString();
    }

    /// <summary>The next reference from a place on; where it ends stands in <paramref name="end"/>.</summary>
    private static int Find(string text, int start, out int end)
    {
        for (var at = text.IndexOf('@', start); at >= 0; at = text.IndexOf('@', at + 1))
        {
            end = EndOfName(text, at + 1);
            if (end > at + 1 && (at == 0 || !IsLetterOrDigit(text[at - 1])))
                return at;
        }
        end = text.Length;
        return -1;
    }

    /// <summary>Where the name that starts there ends; the start if there is none.</summary>
    private static int EndOfName(string text, int start)
    {
        if (start == text.Length || !IsLetter(text[start]) && text[start] != '_')
            return start;
        var end = start;
        while (end < text.Length && (IsLetterOrDigit(text[end]) || text[end] is '_' or '.' or '-'))
            end++;
        while (text[end - 1] is '.' or '-')
            end--;
        return end == start + 1 && text[start] == '_' ? start : end;
    }

    private static bool IsLetterOrDigit(char c) => IsLetter(c) || c is >= '0' and <= '9';

    private static bool IsLetter(char c) => c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z');
}
