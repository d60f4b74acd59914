using Qapi.Model;
using Qapi.Syntax;

namespace Qapi.Checks;

/// <summary>Reads the definition of a command or an event.</summary>
internal sealed class CallDefinitionReader(Pragmas pragmas, ObjectNode node, Origin origin, DocComment? doc)
{
    public IEnumerable<SchemaEntity> Command()
    {
        KeyRules.Check(node, new Subject("command"), origin, ["command"],
            ["data", "returns", "boxed", "if", "features", "gen", "success-response", "allow-oob",
                "allow-preconfig", "coroutine"]);
        var inline = ReadArguments(out var arguments);
        var written = node.Find("returns");
        var returns = written is null
            ? null
            : TypeNameReader.NameOrArray(written, new Subject("'returns'"), origin);
        var header = ReadHeader();
        var flags = OnlyFalse("gen", CommandFlags.NoGen)
            | OnlyFalse("success-response", CommandFlags.NoSuccessResponse)
            | OnlyTrue("boxed", CommandFlags.Boxed)
            | OnlyTrue("allow-oob", CommandFlags.AllowOob)
            | OnlyTrue("allow-preconfig", CommandFlags.AllowPreconfig)
            | OnlyTrue("coroutine", CommandFlags.Coroutine);
        if (flags.HasFlag(CommandFlags.AllowOob | CommandFlags.Coroutine))
            throw origin.Error("flags 'allow-oob' and 'coroutine' are incompatible");
        returns = returns is null ? null : TypeNameReader.OrNone(returns);
        return WithArguments(inline, header, new Command(header, arguments, returns, flags));
    }

    public IEnumerable<SchemaEntity> Event()
    {
        KeyRules.Check(node, new Subject("event"), origin, ["event"], ["data", "boxed", "if", "features"]);
        var inline = ReadArguments(out var arguments);
        var header = ReadHeader();
        var flags = OnlyTrue("boxed", CommandFlags.Boxed);
        return WithArguments(inline, header, new Event(header, arguments, flags == CommandFlags.Boxed));
    }

    /// <summary>Reads <c>data</c>: either members, or a name that stands in <paramref name="arguments"/>.</summary>
    private IReadOnlyList<ObjectMember> ReadArguments(out TypeReference? arguments)
    {
        arguments = null;
        var data = node.Find("data");
        if (node.Find("boxed") is { HasContent: true })
        {
            if (data is null)
                throw origin.Error("'boxed': true requires 'data'");
            arguments = TypeNameReader.OrNone(TypeNameReader.Name(data, new Subject("'data'"), origin));
            return [];
        }
        switch (data)
        {
            case null:
                return [];
            case StringNode { Value: var name }:
                arguments = TypeNameReader.OrNone(new TypeReference(name));
                return [];
            case ObjectNode members:
                var implicitType = ObjectType.NameForArguments(origin.Name);
                var inline = new MemberReader(pragmas, origin).Members(members, "data", implicitType);
                if (inline.Count > 0)
                    arguments = new TypeReference(implicitType);
                return inline;
            default:
                throw origin.Error("'data' should be an object or type name");
        }
    }

    private Header ReadHeader()
    {
        var condition = ConditionReader.Read(node, new Subject(origin.Meta), origin);
        var features = FeatureReader.Read(node, origin.Name, origin);
        return new Header(origin.Name, origin, condition, features, doc);
    }

    private IEnumerable<SchemaEntity> WithArguments(IReadOnlyList<ObjectMember> inline, Header header,
        SchemaEntity definition)
    {
        if (inline.Count == 0)
            return [definition];
        var implicitHeader =
            Header.Implicit(ObjectType.NameForArguments(origin.Name), origin, header.Condition);
        return [new ObjectType(implicitHeader, null, inline), definition];
    }

    private CommandFlags OnlyFalse(string key, CommandFlags flag) => node.Find(key) switch
    {
        null => CommandFlags.None,
        BooleanNode { Value: false } => flag,
        _ => throw origin.Error($"flag '{key}' may only use false value"),
    };

    private CommandFlags OnlyTrue(string key, CommandFlags flag) => node.Find(key) switch
    {
        null => CommandFlags.None,
        BooleanNode { Value: true } => flag,
        _ => throw origin.Error($"flag '{key}' may only use true value"),
    };
}
