using System.Text;

namespace Qapi.Introspection;

/// <summary>Writes the list as JSON in one line. Schema names hold no character that would need an escape.</summary>
internal static class SchemaInfoJson
{
    public static string Write(IReadOnlyList<SchemaInfo> list) => $"[{Joined(list, Entity)}]";

    private static void Entity(StringBuilder json, SchemaInfo info)
    {
        json.Append($"{{\"name\": \"{info.Name}\", \"meta-type\": \"{info.MetaType}\"");
        Features(json, info.Features);
        switch (info)
        {
            case SchemaInfo.Builtin builtin:
                Text(json, "json-type", builtin.JsonType);
                break;
            case SchemaInfo.Enum { Values: var values }:
                json.Append($", \"members\": [{Joined(values, Value)}]");
                json.Append($", \"values\": [{string.Join(", ", values.Select(value => $"\"{value.Name}\""))}]");
                break;
            case SchemaInfo.Array array:
                Text(json, "element-type", array.ElementType);
                break;
            case SchemaInfo.Object type:
                json.Append($", \"members\": [{Joined(type.Members, Member)}]");
                if (type.Tag is null)
                    break;
                Text(json, "tag", type.Tag);
                json.Append($", \"variants\": [{Joined(type.Variants, Variant)}]");
                break;
            case SchemaInfo.Alternate alternate:
                var members = alternate.MemberTypes.Select(type => $"{{\"type\": \"{type}\"}}");
                json.Append($", \"members\": [{string.Join(", ", members)}]");
                break;
            case SchemaInfo.Command command:
                Text(json, "arg-type", command.ArgType);
                Text(json, "ret-type", command.RetType);
                if (command.AllowOob)
                    json.Append(", \"allow-oob\": true");
                break;
            case SchemaInfo.Event { ArgType: var arguments }:
                Text(json, "arg-type", arguments);
                break;
        }
        json.Append('}');
    }

    private static void Value(StringBuilder json, SchemaInfo.Value value)
    {
        json.Append($"{{\"name\": \"{value.Name}\"");
        Features(json, value.Features);
        json.Append('}');
    }

    private static void Member(StringBuilder json, SchemaInfo.Member member)
    {
        json.Append($"{{\"name\": \"{member.Name}\", \"type\": \"{member.Type}\"");
        if (member.IsOptional)
            json.Append(", \"default\": null");
        Features(json, member.Features);
        json.Append('}');
    }

    private static void Variant(StringBuilder json, SchemaInfo.Variant variant) =>
        json.Append($"{{\"case\": \"{variant.Case}\", \"type\": \"{variant.Type}\"}}");

    private static void Features(StringBuilder json, IReadOnlyList<string> features)
    {
        if (features.Count > 0)
            json.Append($", \"features\": [{string.Join(", ", features.Select(name => $"\"{name}\""))}]");
    }

    private static void Text(StringBuilder json, string key, string value) =>
        json.Append($", \"{key}\": \"{value}\"");

    private static string Joined<T>(IReadOnlyList<T> items, Action<StringBuilder, T> write)
    {
        var json = new StringBuilder();
        foreach (var item in items)
        {
            if (json.Length > 0)
                json.Append(", ");
            write(json, item);
        }
        return json.ToString();
    }
}
