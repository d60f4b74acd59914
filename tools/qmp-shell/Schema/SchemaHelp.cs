using Qmp.Shell.Documentation;
using Qmp.Shell.Language;
using Qmp.Shell.Output;

namespace Qmp.Shell.Schema;

/// <summary>Describes commands and events as the connected server has them, with what is known of them in words.</summary>
/// <param name="schema">The server's schema.</param>
/// <param name="width">Columns.</param>
/// <param name="words">What is known in words; what comes with the shell by default.</param>
internal sealed class SchemaHelp(LiveSchema schema, int width, Descriptions? words = null)
{
    private const string All = "all";
    private const int MaxWidth = 100;
    private const int MinWidth = 40;

    /// <summary>What to type for what; <c>exit</c> is the shell's own, and so is <c>help</c>.</summary>
    private const string Introduction =
        """
        COMMAND KEY=VALUE ...   run a command; Tab completes commands, arguments and values
        help COMMAND [ARGUMENT] what it does, its arguments and result, as this server has them
        help EVENT | WORD       likewise; WORD is an argument or a value, or part of a name
        help all                all commands, a line each
        migrate --watch ...     follow a migration until it has ended
        watch                   follow the one that runs
        COMMAND | PROGRAM       give the reply to a program, such as less
        !COMMAND ...            send it as it is, known or not
        :pretty                 spread JSON over many lines, or not
        @NAME ...               for another server of several
        exit, Ctrl-D            leave (the command 'quit' ends the emulator)

        VALUE  5  0x10  64M  true  text  "a text"  {"a": 1}  ['x', True]
        a.b=c sets a member, list.0=x an element. An open bracket or quote goes on in the
        next line, and so does a backslash at the end.
        Also: COMMAND {"key": value}, and whole messages: {"execute": "query-status"}
        """;

    // What the shell itself understands.
    private static readonly Dictionary<string, string> Own = new()
    {
        ["help"] = "help [COMMAND [ARGUMENT | KEY=VALUE ...] | EVENT | WORD | all]\n"
            + "describes a command, one of its arguments, an event, or what is called WORD; KEY=VALUE chooses a variant, such as driver=qcow2",
        ["watch"] = "watch\nfollows the migration that runs until it has ended; leaving it does not cancel it",
        [":pretty"] = ":pretty\nspreads JSON over many lines from now on, or does not any more",
        ["exit"] = "exit\nleaves the shell; the server goes on",
        ["expect"] = "expect EVENT [KEY=VALUE ...] [TIMEOUT]\n"
            + "in scripts: waits for an event with such data; TIMEOUT is 5, 5s or 500ms, 10s by default",
        ["expect-error"] = "expect-error CLASS\nin scripts: the command before it must fail with an error of this class",
    };

    private readonly Descriptions _words = words ?? Descriptions.Default;
    private readonly int _width = Math.Clamp(width, MinWidth, MaxWidth);

    /// <summary>What to type, and the server's commands.</summary>
    /// <param name="schema">The schema, if the server tells.</param>
    /// <param name="width">Columns.</param>
    public static string Overview(LiveSchema? schema, int width) => schema is null
        ? Introduction
        : $"{Introduction}\n\nCommands of this server:\n{Columns.Lay(schema.Commands, width, "\n").TrimEnd()}";

    /// <summary>What there is to know of a name, or of names like it.</summary>
    /// <param name="question">The name, then values that choose variants, such as <c>driver=qcow2</c>.</param>
    /// <exception cref="ShellInputException">
    /// No name is like it, or the words behind it are not arguments.
    /// </exception>
    public string Describe(IReadOnlyList<Word> question)
    {
        string name = question[0].Text;
        if (name == All && question.Count == 1) return Summaries();
        if (question is [_, { EqualSign: < 0 } argument]) return DescribeArgument(name, argument.Text);
        ObjectNode chosen = CommandParser.ReadArguments(question.Skip(1));
        if (schema.FindCommand(name) is { } command) return DescribeCommand(command, chosen);
        if (schema.FindEvent(name) is { } known) return DescribeEvent(known, chosen);
        if (Own.TryGetValue(name, out string? own)) return own;
        var search = new WordSearch(schema, _words, name, _width);
        if (search.Lines() is { Count: > 0 } found) return string.Join('\n', found);
        string[] like =
        [
            .. schema.Commands.Concat(schema.Events)
                .Where(n => n.Contains(name, StringComparison.OrdinalIgnoreCase)),
        ];
        return like.Length > 0
            ? $"No command or event is called '{name}'. With it in their names:\n{Indent(like)}"
            : throw new InvalidArgumentException(
                $"{name}: the server has no such command, event, argument or value"
                + Suggestion.For(name, [.. schema.Commands, .. schema.Events, .. Own.Keys, .. search.Names]));
    }

    private static string Indent(IEnumerable<string> lines) => string.Join('\n', lines.Select(l => "  " + l));

    private static string Flags(IEnumerable<string> features) => string.Concat(features.Select(f => $"  [{f}]"));

    private string Summaries()
    {
        int longest = schema.Commands.Max(n => n.Length);
        return string.Join('\n', schema.Commands.Select(n => Cut($"{n.PadRight(longest)}  {_words.Summary(n)}".TrimEnd())));
    }

    private string Cut(string line) => line.Length <= _width ? line : line[..(_width - 1)] + "…";

    /// <exception cref="ShellInputException">The command has no such argument.</exception>
    private string DescribeArgument(string name, string argument)
    {
        SchemaCommand command = CommandReader.Find(name, schema);
        SchemaMember[] members = schema.TypeOf(command.Arguments) is ObjectType type
            ? [.. type.Members, .. type.Variants.Values.Select(schema.TypeOf).OfType<ObjectType>().SelectMany(v => v.Members)]
            : [];
        SchemaMember member = members.FirstOrDefault(m => m.Name == argument)
            ?? throw new InvalidArgumentException(
                $"{name}: there is no '{argument}'{Suggestion.For(argument, members.Select(m => m.Name))}");
        return string.Join('\n', new MemberTable(schema, _width).Member(member, _words.Arguments(name)));
    }

    private IEnumerable<string> Text(IEnumerable<string> paragraphs) =>
        paragraphs.SelectMany(p => DescriptionText.Wrap(p, "", _width));

    private string DescribeCommand(SchemaCommand command, ObjectNode chosen)
    {
        var lines = new List<string>
        {
            $"{CommandUsage.Of(schema, command)}{Flags(command.Features)}"
                + (command.AllowsOutOfBand ? "  [may run out of band]" : ""),
        };
        lines.AddRange(Text(_words.Of(command.Name)));
        AddSection(lines, "arguments", command.Arguments, _words.Arguments(command.Name), chosen);
        if (command.IsOpen) lines.Add("  and others that the server does not list, such as properties of the device");
        AddSection(lines, "returns", command.Result, _words.Result(command.Name), chosen);
        lines.AddRange(Text(_words.Results(command.Name).Select(p => "returns: " + p)));
        if (_words.Errors(command.Name) is { Count: > 0 } errors)
        {
            lines.Add("errors:");
            lines.AddRange(errors.SelectMany(p => DescriptionText.Wrap(p, "  ", _width)));
        }

        return string.Join('\n', lines);
    }

    private string DescribeEvent(SchemaEvent value, ObjectNode chosen)
    {
        var lines = new List<string> { $"event {value.Name}{Flags(value.Features)}" };
        lines.AddRange(Text(_words.Of(value.Name)));
        AddSection(lines, "data", value.Data, _words.Arguments(value.Name), chosen);
        return string.Join('\n', lines);
    }

    private void AddSection(List<string> lines, string title, string typeName, DescribedType? words, ObjectNode chosen)
    {
        SchemaType type = schema.TypeOf(typeName);
        if (type is ObjectType { Members.Count: 0, Tag: null }) return;
        if (type is ObjectType or ArrayType)
        {
            lines.Add(type is ArrayType ? $"{title}: {TypeText.Short(schema, type)}" : $"{title}:");
            lines.AddRange(new MemberTable(schema, _width).Lines(type, words, chosen));
        }
        else
        {
            lines.Add($"{title}: {TypeText.Short(schema, type)}");
        }
    }
}
