using System.Text;

namespace Qmp.Shell.Terminal;

/// <summary>What came from the keyboard at once, where single keys mean something and text is for the next line.</summary>
/// <param name="Key">The key, if it is one of those that mean something.</param>
/// <param name="Length">How many bytes that takes.</param>
/// <param name="IsForLine">Whether it is text that was typed ahead or pasted, or an end of input; otherwise it is to be dropped.</param>
internal readonly record struct LoneKey(char? Key, int Length, bool IsForLine)
{
    /// <summary>Tells which it is.</summary>
    /// <param name="typed">The bytes.</param>
    /// <param name="keys">Keys that mean something alone: within text they are letters.</param>
    /// <param name="opening">A key that text follows, which may have come with it.</param>
    public static LoneKey Of(ReadOnlySpan<byte> typed, string keys, char opening)
    {
        // A key's bytes come together; a lone Escape is not the beginning of what comes next.
        var decoder = new KeyDecoder();
        var text = new StringBuilder();
        bool hasEnd = false;
        for (int i = 0; i < typed.Length; i++)
        {
            KeyPress press = decoder.Feed(typed[i]);
            hasEnd |= press.Key == Terminal.Key.EndOfInput;
            if (press.Key != Terminal.Key.Text) continue;
            if (press.Text[0] == opening && IsStray(text.ToString(), keys)) return new(opening, i + 1, false);
            text.Append(press.Text);
        }

        string said = text.ToString().Trim();
        if (hasEnd || !IsHeld(said)) return new(null, typed.Length, true);
        return said.Length > 0 && keys.Contains(said[0], StringComparison.Ordinal)
            ? new(said[0], typed.Length, false)
            : new(null, typed.Length, false);
    }

    /// <summary>Whether it is nothing, or one key, which repeats itself while it is held.</summary>
    private static bool IsHeld(string text) => text.Distinct().Count() <= 1;

    private static bool IsStray(string text, string keys) =>
        IsHeld(text.Trim()) && !text.Any(c => keys.Contains(c, StringComparison.Ordinal));
}
