namespace Qmp.Shell.Completion;

/// <summary>Completes commands of the human monitor from its own help.</summary>
internal sealed class HumanCompleter
{
    private readonly string[] _lines;

    /// <summary>Reads the texts that the monitor prints.</summary>
    /// <param name="help">What <c>help</c> prints.</param>
    /// <param name="infos">What <c>info</c> prints.</param>
    public HumanCompleter(string help, string infos)
    {
        string[] commands = [.. Names(help).Where(n => n != "info")];
        IEnumerable<string> subjects = Lines(infos).Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(w => w is ["info", _, ..]).Select(w => $"info {w[1]}");
        _lines =
        [
            .. commands.Concat(subjects).Concat(commands.Select(c => $"help {c}")).Append("help info")
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>What may stand at the cursor.</summary>
    public CompletionResult Complete(string text, int cursor)
    {
        string left = text[..cursor];
        int start = left.LastIndexOf(' ') + 1;
        return new(
            start,
            [
                .. _lines.Where(l => l.StartsWith(left, StringComparison.Ordinal))
                    .Select(l => l[start..].Split(' ')[0]).Distinct().Select(w => new Candidate(w)),
            ]);
    }

    private static IEnumerable<string> Lines(string text) =>
        text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries);

    // A command with a short form is listed as 'help|?' or 'c|cont'.
    private static IEnumerable<string> Names(string help) =>
        from line in Lines(help)
        where char.IsAsciiLetter(line[0])
        select line.Split(' ')[0].Split('|').MaxBy(n => n.Length);
}
