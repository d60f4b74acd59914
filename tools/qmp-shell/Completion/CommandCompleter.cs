using System.Globalization;
using Qmp.Shell.Language;
using Qmp.Shell.Schema;

namespace Qmp.Shell.Completion;

/// <summary>Completes commands, names of arguments, and values from the server's schema.</summary>
/// <param name="schema">The schema.</param>
/// <param name="builtins">The shell's own commands.</param>
internal sealed class CommandCompleter(LiveSchema schema, IReadOnlyList<string> builtins)
{
    /// <summary>The shell's command whose argument is a command, or an event.</summary>
    public const string Help = "help";

    /// <summary>The commands whose course can be shown.</summary>
    private const string Watchable = "migrate";

    /// <summary>What may stand at the cursor; what is right of it does not count.</summary>
    public CompletionResult Complete(string text, int cursor)
    {
        string left = text[..cursor];
        List<Word> words = [.. WordScanner.Scan(left)];
        var partial = new Word(cursor, "", -1, false);
        if (words is [.., var last] && last.End == cursor)
        {
            if (last.IsOpen) return CompletionResult.None;
            partial = last;
            words.RemoveAt(words.Count - 1);
        }

        if (words.Count == 0) return Filter(partial.Start, partial.Text, Names(builtins.Concat(schema.Commands)));
        bool isHelp = words[0].Text == Help;
        if (isHelp && words.Count == 1)
        {
            return Filter(partial.Start, partial.Text, Names(schema.Commands.Concat(schema.Events)));
        }

        if (isHelp) words.RemoveAt(0);
        if (schema.FindCommand(words[0].Text) is not { } command) return CompletionResult.None;
        return CompleteArgument(command, words.Skip(1), partial);
    }

    private static IEnumerable<Candidate> Names(IEnumerable<string> names) => names.Select(n => new Candidate(n));

    private static CompletionResult Filter(int start, string typed, IEnumerable<Candidate> candidates) =>
        new(start, [.. candidates.Where(c => c.Text.StartsWith(typed, StringComparison.Ordinal))]);

    private static ObjectNode Given(IEnumerable<Word> words)
    {
        var given = new ObjectNode();
        foreach (Word word in words.Where(w => w.EqualSign > 0))
        {
            try
            {
                given.Add(word.Name, CommandParser.ReadValue(word), word.Start);
            }
            catch (ShellSyntaxException)
            {
                // What is wrong elsewhere in the line will be told when it is entered.
            }
        }

        return given;
    }

    private CompletionResult CompleteArgument(SchemaCommand command, IEnumerable<Word> others, Word partial)
    {
        SchemaType type = schema.TypeOf(command.Arguments);
        ArgumentNode? node = Given(others);
        string[] path = partial.Name.Split('.');
        foreach (string name in path[..^1])
        {
            if (Enter(type, node as ObjectNode, name) is not { } inner) return CompletionResult.None;
            type = inner;
            node = (node as ObjectNode)?.Members.GetValueOrDefault(name);
        }

        if (partial.EqualSign >= 0)
        {
            return Enter(type, node as ObjectNode, path[^1]) is { } valueType
                ? Filter(partial.ValueStart, partial.Value, Names(Values(valueType).Distinct()))
                : CompletionResult.None;
        }

        IEnumerable<Candidate> members = Members(type, node as ObjectNode);
        if (path.Length == 1 && command.Name == Watchable) members = members.Append(new(CommandParser.WatchFlag));
        int start = partial.End - path[^1].Length;
        return Filter(start, path[^1], members);
    }

    /// <summary>The type of a member or of an element.</summary>
    private SchemaType? Enter(SchemaType type, ObjectNode? node, string name) => type switch
    {
        ObjectType members => schema.MembersOf(members, TagValue.Of(members, node))
            .Where(m => m.Name == name).Select(m => schema.TypeOf(m.Type)).FirstOrDefault(),
        ArrayType array when int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _) =>
            schema.TypeOf(array.Element),
        AlternateType alternate => alternate.Branches.Select(schema.TypeOf)
            .Select(b => b is AlternateType ? null : Enter(b, node, name)).FirstOrDefault(t => t is not null),
        _ => null,
    };

    private IEnumerable<Candidate> Members(SchemaType type, ObjectNode? node)
    {
        switch (type)
        {
            case ObjectType members:
                return schema.MembersOf(members, TagValue.Of(members, node))
                    .Where(m => node?.Members.GetValueOrDefault(m.Name) is null or ObjectNode)
                    .Select(m => new Candidate(m.Name, Suffix(schema.TypeOf(m.Type))));
            case ArrayType array:
                int next = node?.Members.Count ?? 0;
                return Enumerable.Range(0, next + 1).Select(i => new Candidate(
                    i.ToString(CultureInfo.InvariantCulture), Suffix(schema.TypeOf(array.Element))));
            case AlternateType alternate:
                return alternate.Branches.Select(schema.TypeOf).Where(b => b is not AlternateType)
                    .SelectMany(b => Members(b, node));
            default:
                return [];
        }
    }

    private string Suffix(SchemaType type) =>
        type is ObjectType || (type is ArrayType array && schema.TypeOf(array.Element) is ObjectType) ? "." : "=";

    private IEnumerable<string> Values(SchemaType type) => type switch
    {
        EnumType values => values.Values.Select(v => v.Name),
        BuiltinType { JsonType: "boolean" } => ["true", "false"],
        BuiltinType { JsonType: "null" } => ["null"],
        AlternateType alternate => alternate.Branches.Select(schema.TypeOf).Where(b => b is not AlternateType)
            .SelectMany(Values),
        _ => [],
    };
}
