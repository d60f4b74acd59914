using Qmp.Shell.Language;
using Qmp.Shell.Output;

namespace Qmp.Shell.Schema;

/// <summary>Describes commands and events as the connected server knows them.</summary>
internal sealed class SchemaHelp(LiveSchema schema)
{
    /// <summary>What to type for what; <c>exit</c> is the shell's own, and so is <c>help</c>.</summary>
    private const string Introduction =
        """
        COMMAND KEY=VALUE ...   run a command; Tab completes commands, arguments and values
        help COMMAND            its arguments and result, as this server has them
        help EVENT              likewise; help WORD finds commands and events with it
        migrate --watch ...     follow a migration until it has ended
        exit, Ctrl-D            leave (the command 'quit' ends the emulator)

        VALUE  5  0x10  64M  true  text  "a text"  {"a": 1}  ['x', True]
        a.b=c sets a member, list.0=x an element. An open bracket or quote goes on in the
        next line, and so does a backslash at the end.
        Also: COMMAND {"key": value}, and whole messages: {"execute": "query-status"}
        """;

    // What the shell itself understands.
    private static readonly Dictionary<string, string> Own = new()
    {
        ["help"] = "help [COMMAND [KEY=VALUE ...] | EVENT | WORD]\n"
            + "describes a command or an event; KEY=VALUE chooses a variant, such as driver=qcow2",
        ["exit"] = "exit\nleaves the shell; the server goes on",
        ["expect"] = "expect EVENT [KEY=VALUE ...] [TIMEOUT]\n"
            + "in scripts: waits for an event with such data; TIMEOUT is 5, 5s or 500ms, 10s by default",
        ["expect-error"] = "expect-error CLASS\nin scripts: the command before it must fail with an error of this class",
    };

    /// <summary>What to type, and the server's commands.</summary>
    /// <param name="schema">The schema, if the server tells.</param>
    /// <param name="width">Columns.</param>
    public static string Overview(LiveSchema? schema, int width) => schema is null
        ? Introduction
        : $"{Introduction}\n\nCommands of this server:\n{Columns.Lay(schema.Commands, width, "\n").TrimEnd()}";

    /// <summary>What there is to know of a name, or of names like it.</summary>
    /// <param name="words">The name, then values that choose variants, such as <c>driver=qcow2</c>.</param>
    /// <exception cref="ShellInputException">
    /// No name is like it, or the words behind it are not arguments.
    /// </exception>
    public string Describe(IReadOnlyList<Word> words)
    {
        string name = words[0].Text;
        ObjectNode chosen = CommandParser.ReadArguments(words.Skip(1));
        if (schema.FindCommand(name) is { } command) return DescribeCommand(command, chosen);
        if (schema.FindEvent(name) is { } known) return DescribeEvent(known, chosen);
        if (Own.TryGetValue(name, out string? own)) return own;
        string[] like =
        [
            .. schema.Commands.Concat(schema.Events)
                .Where(n => n.Contains(name, StringComparison.OrdinalIgnoreCase)),
        ];
        return like.Length > 0
            ? $"No command or event is called '{name}'. With it in their names:\n{Indent(like)}"
            : throw new InvalidArgumentException(
                $"{name}: the server has no such command or event"
                + Suggestion.For(name, schema.Commands.Concat(schema.Events)));
    }

    private static string Indent(IEnumerable<string> lines) => string.Join('\n', lines.Select(l => "  " + l));

    private static string Flags(IEnumerable<string> features) => string.Concat(features.Select(f => $"  [{f}]"));

    private string DescribeCommand(SchemaCommand command, ObjectNode chosen)
    {
        var lines = new List<string>
        {
            $"{CommandUsage.Of(schema, command)}{Flags(command.Features)}"
                + (command.AllowsOutOfBand ? "  [may run out of band]" : ""),
        };
        AddSection(lines, "arguments", command.Arguments, chosen);
        if (command.IsOpen) lines.Add("  and others that the server does not list, such as properties of the device");
        AddSection(lines, "returns", command.Result, chosen);
        return string.Join('\n', lines);
    }

    private string DescribeEvent(SchemaEvent value, ObjectNode chosen)
    {
        var lines = new List<string> { $"event {value.Name}{Flags(value.Features)}" };
        AddSection(lines, "data", value.Data, chosen);
        return string.Join('\n', lines);
    }

    private void AddSection(List<string> lines, string title, string typeName, ObjectNode chosen)
    {
        SchemaType type = schema.TypeOf(typeName);
        if (type is ObjectType { Members.Count: 0, Tag: null }) return;
        if (type is ObjectType or ArrayType)
        {
            lines.Add(type is ArrayType ? $"{title}: {TypeText.Short(schema, type)}" : $"{title}:");
            lines.AddRange(new MemberTable(schema).Lines(type, chosen));
        }
        else
        {
            lines.Add($"{title}: {TypeText.Short(schema, type)}");
        }
    }
}
