using Newtonsoft.Json.Linq;

namespace Qmp.Shell.Schema;

/// <summary>What the connected server says that it understands: its reply to <c>query-qmp-schema</c>.</summary>
/// <remarks>Entities are read when they are asked for: a schema has hundreds and a script uses a few.</remarks>
internal sealed class LiveSchema
{
    /// <summary>The command that tells it.</summary>
    public const string Query = "query-qmp-schema";

    private readonly Dictionary<string, JObject> _entities = [];
    private readonly Dictionary<string, SchemaType> _types = [];

    /// <summary>Reads the reply.</summary>
    /// <exception cref="FormatException">The reply is not a schema.</exception>
    public LiveSchema(JToken reply)
    {
        if (reply is not JArray entities) throw new FormatException("a schema is a list");
        var commands = new List<string>();
        var events = new List<string>();
        foreach (JToken entity in entities)
        {
            if (entity is not JObject members) throw new FormatException("a schema is a list of objects");
            string name = SchemaReader.Text(members, "name");
            _entities[name] = members;
            switch (SchemaReader.Text(members, SchemaReader.MetaType))
            {
                case "command": commands.Add(name); break;
                case "event": events.Add(name); break;
            }
        }

        commands.Sort(StringComparer.Ordinal);
        events.Sort(StringComparer.Ordinal);
        Commands = commands;
        Events = events;
    }

    /// <summary>The names of all commands, in order.</summary>
    public IReadOnlyList<string> Commands { get; }

    /// <summary>The names of all events, in order.</summary>
    public IReadOnlyList<string> Events { get; }

    /// <summary>The command of that name.</summary>
    public SchemaCommand? FindCommand(string name) =>
        Find(name, "command") is { } entity ? SchemaReader.ReadCommand(entity) : null;

    /// <summary>The event of that name.</summary>
    public SchemaEvent? FindEvent(string name) =>
        Find(name, "event") is { } entity ? SchemaReader.ReadEvent(entity) : null;

    /// <summary>The type of that name.</summary>
    /// <exception cref="FormatException">The schema mentions the type but does not describe it.</exception>
    public SchemaType TypeOf(string name)
    {
        if (_types.TryGetValue(name, out SchemaType? type)) return type;
        if (!_entities.TryGetValue(name, out JObject? entity))
        {
            throw new FormatException($"the server's schema does not describe type '{name}'");
        }

        return _types[name] = SchemaReader.ReadType(entity);
    }

    /// <summary>The members of an object, as far as its tag tells.</summary>
    /// <param name="type">The object.</param>
    /// <param name="tag">The tag's value, if it is known.</param>
    public IEnumerable<SchemaMember> MembersOf(ObjectType type, string? tag)
    {
        if (tag is null || !type.Variants.TryGetValue(tag, out string? name)
            || TypeOf(name) is not ObjectType variant)
        {
            return type.Members;
        }

        // A variant may be a union itself, with a tag of its own; none is in use.
        return type.Members.Concat(variant.Members);
    }

    /// <summary>The members of an object of which the tag is not known: those of all variants, each name once.</summary>
    public IEnumerable<SchemaMember> MembersOfAny(ObjectType type) => type.Members
        .Concat(type.Variants.Values.Select(TypeOf).OfType<ObjectType>().SelectMany(v => v.Members))
        .DistinctBy(m => m.Name);

    private JObject? Find(string name, string kind) =>
        _entities.TryGetValue(name, out JObject? entity)
        && SchemaReader.Text(entity, SchemaReader.MetaType) == kind
            ? entity
            : null;
}
