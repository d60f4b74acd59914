using System.Globalization;
using Newtonsoft.Json.Linq;
using Qmp.Shell.Language;

namespace Qmp.Shell.Schema;

/// <summary>Turns what was typed into what is sent, and refuses what the server's schema does not allow.</summary>
/// <param name="schema">The schema.</param>
/// <param name="isPart">Whether objects are parts of such ones: members may be missing, the tag included.</param>
internal sealed class ArgumentBinder(LiveSchema schema, bool isPart = false)
{
    /// <summary>With more names than that, an error message does not list them.</summary>
    private const int ListedMembers = 6;

    private readonly AlternateBinder _alternates = new(schema);

    /// <summary>The arguments without a schema: words mean what they look like.</summary>
    /// <exception cref="InvalidArgumentException">A word looks like a list or an object, but is not one.</exception>
    public static JToken Guess(ArgumentNode node) => node switch
    {
        WordNode { Problem: { } problem } => throw new InvalidArgumentException(problem),
        WordNode word => WordMeaning.Guess(word.Text),
        ValueNode value => value.Value.DeepClone(),
        ListNode list => new JArray(list.Elements.Select(Guess)),
        _ => new JObject(((ObjectNode)node).Members.Select(m => new JProperty(m.Key, Guess(m.Value)))),
    };

    /// <summary>The arguments of a command.</summary>
    /// <exception cref="InvalidArgumentException">
    /// The server has no such command, or the arguments do not fit it.
    /// </exception>
    public JObject Bind(ParsedCommand command)
    {
        SchemaCommand known = CommandReader.Find(command.Name, schema);
        if (command.OutOfBand && !known.AllowsOutOfBand)
        {
            throw new InvalidArgumentException($"{command.Name}: it cannot be run out of band");
        }

        try
        {
            return schema.TypeOf(known.Arguments) is ObjectType type
                ? BindObject(command.Arguments, type, "", known.IsOpen)
                : (JObject)Guess(command.Arguments);
        }
        catch (InvalidArgumentException e)
        {
            throw new InvalidArgumentException($"{command.Name}: {e.Message}");
        }
    }

    /// <summary>An object of the schema's, from the outside.</summary>
    /// <exception cref="InvalidArgumentException">The object does not fit the type.</exception>
    public JObject Bind(ObjectNode node, ObjectType type) => BindObject(node, type, "", isOpen: false);

    private static string Member(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private JToken Bind(ArgumentNode node, SchemaType type, string path)
    {
        switch (type)
        {
            case AlternateType alternate:
                return Bind(node, _alternates.Choose(node, alternate, path), path);
            case ObjectType members:
                return node is ObjectNode given ? BindObject(given, members, path, isOpen: false) : throw WrongType();
            case ArrayType array:
                return new JArray(Elements(node, path).Select(
                    (e, i) => Bind(e, schema.TypeOf(array.Element), Member(path, i.ToString(CultureInfo.InvariantCulture)))));
            case EnumType values:
                return BindEnum(node, values) ?? throw WrongType();
            default:
                return BindBuiltin(node, (BuiltinType)type) ?? throw WrongType();
        }

        InvalidArgumentException WrongType() => Mismatch.Describe(schema, node, type, path);
    }

    private JObject BindObject(ObjectNode node, ObjectType type, string path, bool isOpen)
    {
        string? variant = TagValue.Of(type, node);
        SchemaMember[] members =
            [.. isPart && variant is null ? schema.MembersOfAny(type) : schema.MembersOf(type, variant)];
        // A wrong tag is what is wrong with the members of its variant.
        if (Array.Find(members, m => m.Name == type.Tag) is { } tag
            && node.Members.TryGetValue(tag.Name, out ArgumentNode? chosen))
        {
            Bind(chosen, schema.TypeOf(tag.Type), Member(path, tag.Name));
        }

        var result = new JObject();
        foreach ((string name, ArgumentNode value) in node.Members)
        {
            SchemaMember? member = Array.Find(members, m => m.Name == name);
            if (member is null && !isOpen) throw Unknown(type, members, path, name);
            result.Add(
                name,
                member is null ? Guess(value) : Bind(value, schema.TypeOf(member.Type), Member(path, name)));
        }

        if (isPart) return result;
        string[] missing = [.. members.Where(m => !m.IsOptional && !node.Members.ContainsKey(m.Name)).Select(m => m.Name)];
        if (missing.Length == 0) return result;
        string list = string.Join(", ", missing.Select(name => $"'{Member(path, name)}'"));
        throw new InvalidArgumentException(missing.Length == 1 ? $"{list} is missing" : $"{list} are missing");
    }

    private InvalidArgumentException Unknown(ObjectType type, SchemaMember[] members, string path, string name)
    {
        if (members.Length == 0 && path.Length == 0)
        {
            return new(isPart ? $"it has no data, and so no '{name}'" : $"it takes no arguments, and so no '{name}'");
        }

        string where = type.Tag is { } tag && !members.Any(m => m.Name == name) && type.Variants.Count > 0
            ? $" (which there are depends on '{Member(path, tag)}')"
            : "";
        string suggestion = Suggestion.For(name, members.Select(m => m.Name));
        if (where.Length == 0 && suggestion.Length == 0 && members.Length is > 0 and <= ListedMembers)
        {
            suggestion = $"; there is {string.Join(", ", members.Select(m => $"'{Member(path, m.Name)}'"))}";
        }

        return new($"there is no '{Member(path, name)}'{where}{suggestion}");
    }

    /// <summary>A list, or an object whose names count from 0.</summary>
    private static IEnumerable<ArgumentNode> Elements(ArgumentNode node, string path)
    {
        if (node is ListNode list) return list.Elements;
        if (node is not ObjectNode { Members.Count: > 0 } counted) throw Mismatch.NoList(node, path);
        return Enumerable.Range(0, counted.Members.Count).Select(i =>
            counted.Members.TryGetValue(i.ToString(CultureInfo.InvariantCulture), out ArgumentNode? element)
                ? element
                : throw new InvalidArgumentException(
                    $"'{path}' is a list: [...], or '{path}.0', '{path}.1' and so on"));
    }

    private static JValue? BindEnum(ArgumentNode node, EnumType type) =>
        TagValue.TextOf(node) is { } text && type.Values.Any(v => v.Name == text) ? new JValue(text) : null;

    private static JToken? BindBuiltin(ArgumentNode node, BuiltinType type)
    {
        if (type.JsonType == "value") return Guess(node);
        return node switch
        {
            WordNode { Problem: not null } when type.JsonType != "string" => null,
            WordNode word => WordMeaning.As(type.JsonType, word.Text),
            ValueNode value when Mismatch.JsonTypeOf(value.Value) is var json
                && (json == type.JsonType || (json, type.JsonType) == ("int", "number")) => value.Value.DeepClone(),
            _ => null,
        };
    }
}
