using System.Globalization;
using Qmp.Shell.Language;
using Qmp.Shell.Schema;

namespace Qmp.Shell.Completion;

/// <summary>Completes commands, names of arguments, and values from the server's schema.</summary>
/// <param name="schema">The schema.</param>
/// <param name="builtins">The shell's own commands.</param>
/// <param name="names">What things are called that the server has.</param>
internal sealed class CommandCompleter(
    LiveSchema schema, IReadOnlyList<string> builtins, Func<NamePlace, IEnumerable<string>>? names = null)
{
    /// <summary>The shell's command whose argument is a command, or an event.</summary>
    public const string Help = "help";

    /// <summary>The commands whose course can be shown.</summary>
    private const string Watchable = "migrate";

    /// <summary>What may stand at the cursor; what is right of it does not count.</summary>
    public CompletionResult Complete(string text, int cursor)
    {
        string left = text[..cursor];
        // What is sent as it is may be known all the same.
        if (left.TrimStart() is [CommandParser.Unchecked, ..])
        {
            int mark = left.IndexOf(CommandParser.Unchecked, StringComparison.Ordinal);
            left = $"{left[..mark]} {left[(mark + 1)..]}";
        }

        List<Word> words = [.. WordScanner.Scan(left)];
        var partial = new Word(cursor, "", -1, false);
        if (words is [.., var last] && last.End == cursor)
        {
            if (last.IsOpen) return CompleteLiteral(words, last);
            partial = last;
            words.RemoveAt(words.Count - 1);
        }

        if (words.Count == 0) return Filter(partial.Start, partial.Text, Names(builtins.Concat(schema.Commands)));
        bool isHelp = words[0].Text == Help;
        if (isHelp && words.Count == 1)
        {
            return Filter(partial.Start, partial.Text, Names(schema.Commands.Concat(schema.Events).Append("all")));
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
                ? CompleteValue(command, path, valueType, partial, node as ObjectNode)
                : CompletionResult.None;
        }

        IEnumerable<Candidate> members = Members(type, node as ObjectNode);
        if (path.Length == 1 && command.IsOpen) members = members.Concat(Further(command, node as ObjectNode));
        if (path.Length == 1 && command.Name == Watchable) members = members.Append(new(CommandParser.WatchFlag));
        int start = partial.End - path[^1].Length;
        return Filter(start, path[^1], members);
    }

    // Arguments that the schema does not list, and the server knows.
    private IEnumerable<Candidate> Further(SchemaCommand command, ObjectNode? given) =>
        (names?.Invoke(new NamePlace(command.Name, null, "", Texts(given))) ?? [])
            .Where(name => given?.Members.ContainsKey(name) != true).Select(name => new Candidate(name, "="));

    private static Dictionary<string, string> Texts(ObjectNode? given)
    {
        var texts = new Dictionary<string, string>();
        foreach ((string name, ArgumentNode value) in given?.Members ?? [])
        {
            if (TagValue.TextOf(value) is { } text) texts.Add(name, text);
        }

        return texts;
    }

    private CompletionResult CompleteValue(SchemaCommand command, string[] path, SchemaType type, Word partial, ObjectNode? given)
    {
        string typed = partial.Value;
        Candidate[] known = [.. Names(Values(type).Distinct())];
        if (known.Length == 0 && IsText(type))
        {
            if (path.Length == 1 && names is not null) known = [.. Names(names(new(command.Name, path[0], typed, Texts(given))))];
            if (known.Length == 0)
            {
                known = [.. FilePaths.Of(typed).Select(f => f.IsFolder ? new Candidate(f.Text + "/", "") : new Candidate(f.Text))];
            }
        }

        return Filter(partial.ValueStart, typed, known);
    }

    /// <summary>Within brackets, names and strings stand in quotes.</summary>
    private CompletionResult CompleteLiteral(List<Word> words, Word last)
    {
        words.RemoveAt(words.Count - 1);
        if (words.Count == 0) return CompleteRaw(last);
        if (schema.FindCommand(words[0].Text) is not { } command) return CompletionResult.None;
        int start = last.EqualSign < 0 ? last.Start : last.ValueStart;
        if (last.Text[start - last.Start] is not ('{' or '[')
            || LiteralPlace.Find(last.Text[(start - last.Start)..]) is not { } place)
        {
            return CompletionResult.None;
        }

        SchemaType? type = schema.TypeOf(command.Arguments);
        ArgumentNode? given = Given(words.Skip(1));
        foreach (string name in last.EqualSign < 0 ? [] : last.Name.Split('.'))
        {
            type = type is null ? null : Enter(type, given as ObjectNode, name);
            given = (given as ObjectNode)?.Members.GetValueOrDefault(name);
        }

        return CompletePlace(type, place.Path, place, start);
    }

    /// <summary>A request as it goes over the wire.</summary>
    private CompletionResult CompleteRaw(Word last)
    {
        if (LiteralPlace.Find(last.Text) is not { } place) return CompletionResult.None;
        (string Name, ObjectNode Given)[] path = [.. place.Path];
        switch (path)
        {
            case [] when place.IsName:
                string[] members = place.Given.Members.ContainsKey("execute") || place.Given.Members.ContainsKey("exec-oob")
                    ? ["arguments", "id"]
                    : ["execute", "exec-oob"];
                return Quoted(last.Start, place, members.Where(m => !place.Given.Members.ContainsKey(m)), ": ");

            case [("execute" or "exec-oob", _)]:
                return Quoted(last.Start, place, schema.Commands, "");

            case [("arguments", var request), .. var inner]
                when Texts(request) is var texts && (texts.GetValueOrDefault("execute") ?? texts.GetValueOrDefault("exec-oob")) is { } name
                    && schema.FindCommand(name) is { } command:
                return CompletePlace(schema.TypeOf(command.Arguments), inner, place, last.Start);

            default:
                return CompletionResult.None;
        }
    }

    private CompletionResult CompletePlace(
        SchemaType? type, IEnumerable<(string Name, ObjectNode Given)> path, LiteralPlace place, int start)
    {
        foreach ((string name, ObjectNode members) in path) type = type is null ? null : Enter(type, members, name);
        if (type is null) return CompletionResult.None;
        if (!place.IsName) return Quoted(start, place, Values(type).Distinct(), "", v => IsWritten(type, v));
        return Quoted(start, place, Members(type, place.Given).Select(m => m.Text).Where(m => !place.Given.Members.ContainsKey(m)), ": ");
    }

    private static CompletionResult Quoted(
        int start, LiteralPlace place, IEnumerable<string> texts, string end, Func<string, bool>? isWritten = null)
    {
        char quote = place.Quote == '\0' ? '"' : place.Quote;
        return Filter(
            start + place.Start,
            place.Quote == '\0' ? place.Typed : quote + place.Typed,
            texts.Select(text => new Candidate((isWritten?.Invoke(text) == true ? text : $"{quote}{text}{quote}") + end, "")));
    }

    private static bool IsWritten(SchemaType type, string value) =>
        type is BuiltinType || (type is AlternateType && value is "true" or "false" or "null");

    private bool IsText(SchemaType type) => type switch
    {
        BuiltinType { JsonType: "string" } => true,
        AlternateType alternate => alternate.Branches.Select(schema.TypeOf).Any(b => b is BuiltinType { JsonType: "string" }),
        _ => false,
    };

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
                    .OrderBy(m => m.IsOptional)
                    .Select(m => new Candidate(m.Name, Suffix(schema.TypeOf(m.Type)), !m.IsOptional));
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
