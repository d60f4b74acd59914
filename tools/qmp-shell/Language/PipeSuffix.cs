namespace Qmp.Shell.Language;

/// <summary>The end of a line that hands the reply to a program: <c>COMMAND | less</c>.</summary>
internal static class PipeSuffix
{
    private const string Sign = "|";

    /// <summary>Cuts it off.</summary>
    /// <param name="text">The line.</param>
    /// <param name="program">What stands behind the sign; <see langword="null"/> without one.</param>
    /// <returns>The command.</returns>
    /// <exception cref="ShellSyntaxException">Nothing stands behind the sign, or before it.</exception>
    public static string Cut(string text, out string? program)
    {
        program = null;
        IReadOnlyList<Word> words = WordScanner.Scan(text);
        int index = words.ToList().FindIndex(w => w.Text == Sign);
        if (index < 0) return text;
        if (index == 0) throw new ShellSyntaxException("a command is expected before '|'", words[0].Start);
        if (index == words.Count - 1) throw new ShellSyntaxException("a program is expected behind '|'", words[index].End);
        program = text[words[index].End..].Trim();
        return text[..words[index].Start];
    }
}
