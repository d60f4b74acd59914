using System.Globalization;
using System.Text;

namespace Qmp.Shell.Output;

/// <summary>
/// Makes text that somebody else has written safe to print: a server, a recording, a file. Everything that is printed
/// goes through here, at two places: <see cref="Paint"/> for the interactive screen, <see cref="EscapingWriter"/> for
/// standard output and standard error.
/// </summary>
internal static class ForeignText
{
    /// <summary>Shows what a terminal would obey: control characters but for tabs and line ends.</summary>
    public static string Escape(string text) => Escape(text, keepsLines: true);

    /// <summary>The same for what has to stay on one line.</summary>
    public static string OneLine(string text) => Escape(text, keepsLines: false);

    /// <summary>Whether printing a character would do something else than show it.</summary>
    public static bool IsUnsafe(Rune rune) => rune.Value is not ('\t' or '\n')
        && (Rune.IsControl(rune) || Directs(rune.Value));

    // Marks that turn the direction of what follows (UAX 9), and separators of lines.
    private static bool Directs(int value) => value is 0x061c or 0x200e or 0x200f or 0x2028 or 0x2029
        or (>= 0x202a and <= 0x202e) or (>= 0x2066 and <= 0x2069);

    private static string Escape(string text, bool keepsLines)
    {
        StringBuilder? safe = null;
        for (int i = 0; i < text.Length;)
        {
            bool isRune = Rune.TryGetRuneAt(text, i, out Rune rune);
            int length = isRune ? rune.Utf16SequenceLength : 1;
            bool isBreak = text[i] is '\t' or '\n';
            // Half a surrogate pair is no character.
            bool isSafe = isRune && (isBreak ? keepsLines : !IsUnsafe(rune));
            if (!isSafe) safe ??= new StringBuilder(text, 0, i, text.Length + 16);
            if (isSafe) safe?.Append(text, i, length);
            else safe!.Append(isBreak ? (text[i] == '\n' ? "\\n" : "\\t") : Code(text[i]));
            i += length;
        }

        return safe?.ToString() ?? text;
    }

    // As JSON shows them; all of them are of one char.
    private static string Code(char value) => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)value:x4}");
}
