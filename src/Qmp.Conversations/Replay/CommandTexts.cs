using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Qmp.Conversations.Replay;

/// <summary>What a replay has to know of commands, read from what is sent.</summary>
internal static partial class CommandTexts
{
    // They change nothing, and their answers may change by themselves.
    private static readonly FrozenSet<string> Queries = FrozenSet.Create(
        "query-migrate", "query-status", "query-jobs", "query-yank", "query-migrationthreads", "query-dirty-rate",
        "query-dump", "query-block", "query-named-block-nodes", "query-colo-status", "query-fdsets");

    /// <summary>The names of the commands in a text, in order.</summary>
    public static string[] Names(string text) => [.. Command().Matches(text).Select(m => m.Groups[1].Value)];

    /// <summary>Whether the text is one query that may be asked again until the recorded answer comes.</summary>
    public static bool MayBeAskedAgain(string text) =>
        Names(text) is [var name] && Queries.Contains(name)
        && !text.Contains("exec-oob", StringComparison.Ordinal) && text.EndsWith('\n');

    /// <summary>Whether a command in the text begins something that outlasts its reply, such as a migration.</summary>
    public static bool BeginsSomething(string text) => Lasting().IsMatch(text);

    /// <summary>Whether a command in the text stops or starts the guest.</summary>
    public static bool StopsOrStarts(string text) => RunControl().IsMatch(text);

    [GeneratedRegex("\"(?:execute|exec-oob)\"\\s*:\\s*\"([^\"\\\\]+)\"")]
    private static partial Regex Command();

    [GeneratedRegex(
        """
        "(migrate|migrate-incoming|migrate_cancel|migrate-recover|migrate-continue|migrate-pause|snapshot-\w+
        |calc-dirty-rate|system_\w+|dump-guest-memory|device_\w+|yank)"
        """,
        RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Lasting();

    [GeneratedRegex("\"(stop|cont)\"")]
    private static partial Regex RunControl();
}
