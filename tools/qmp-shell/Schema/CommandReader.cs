using Qmp.Shell.Language;

namespace Qmp.Shell.Schema;

/// <summary>Reads commands; what is wrong with one it says with the schema at hand.</summary>
internal static class CommandReader
{
    private const string HumanMonitor = "human-monitor-command";

    /// <summary>Reads a line, or lines that belong together.</summary>
    /// <param name="text">The command.</param>
    /// <param name="schema">What the server understands, if it tells.</param>
    /// <exception cref="ShellInputException">The text is not a command.</exception>
    public static ParsedCommand Read(string text, LiveSchema? schema)
    {
        try
        {
            return CommandParser.Parse(text);
        }
        catch (ShellSyntaxException e) when (schema is not null && text.TrimStart() is not [CommandParser.Unchecked, ..] && WordScanner.Scan(text)[0] is { EqualSign: < 0 } first)
        {
            if (first.Text[0] == '{') throw;
            // Of a command that does not exist, nobody wants to know what its arguments are to look like.
            SchemaCommand command = Find(first.Text, schema);
            throw e.IsForm ? new InvalidArgumentException($"{e.Message}; {CommandUsage.Hint(schema, command)}") : e;
        }
    }

    /// <summary>The command of that name.</summary>
    /// <exception cref="InvalidArgumentException">The server has no command of that name.</exception>
    public static SchemaCommand Find(string name, LiveSchema schema)
    {
        if (schema.FindCommand(name) is { } command) return command;
        string suggestion = Suggestion.For(name, schema.Commands);
        if (suggestion.Length == 0)
        {
            suggestion = schema.FindCommand(HumanMonitor) is null
                ? "; 'help' lists them"
                : "; 'help' lists them, those of the human monitor need 'qmp-shell -H'";
        }

        throw new InvalidArgumentException($"{name}: the server has no such command{suggestion}");
    }
}
