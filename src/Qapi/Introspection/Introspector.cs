using Qapi.Model;

namespace Qapi.Introspection;

/// <summary>
/// Lists a schema as <c>query-qmp-schema</c> does: commands and events module by module, then the types they lead to
/// in the order of first mention. Conditions decide what is listed, but neither order nor masked names.
/// </summary>
internal sealed class Introspector
{
    private readonly QapiSchema _schema;
    private readonly ISet<string> _defined;
    private readonly bool _unmask;
    private readonly List<SchemaInfo> _list = [];
    private readonly List<SchemaType> _types = [];
    private readonly HashSet<SchemaType> _mentioned = [];
    private readonly Dictionary<string, string> _masks = [];
    private readonly SchemaType _int;
    private readonly SchemaType _intList;

    private Introspector(QapiSchema schema, ISet<string> defined, bool unmask)
    {
        _schema = schema;
        _defined = defined;
        _unmask = unmask;
        _int = (SchemaType)schema.Find("int")!;
        _intList = (SchemaType)schema.Find(ArrayType.NameFor("int"))!;
    }

    /// <summary>
    /// The list with the symbols <paramref name="defined"/> set; with <paramref name="unmask"/> types go by the names
    /// they have in the schema.
    /// </summary>
    public static IReadOnlyList<SchemaInfo> List(QapiSchema schema, ISet<string> defined, bool unmask = false)
    {
        var introspector = new Introspector(schema, defined, unmask);
        foreach (var entity in schema.Modules.SelectMany(module => module.Entities))
        {
            if (entity is Command or Event)
                introspector.Add(entity);
        }
        // The list of types grows while it is gone through.
        for (var i = 0; i < introspector._types.Count; i++)
            introspector.Add(introspector._types[i]);
        return introspector._list;
    }

    private void Add(SchemaEntity entity)
    {
        var info = Describe(entity);
        if (entity.Condition.Holds(_defined))
            _list.Add(info);
    }

    private SchemaInfo Describe(SchemaEntity entity)
    {
        switch (entity)
        {
            case Command command:
                var arguments = Mention(command.Arguments ?? _schema.EmptyObject);
                var returns = Mention(command.Returns ?? _schema.EmptyObject);
                return new SchemaInfo.Command(command.Name, Names(command.Features), arguments, returns,
                    command.AllowOob);
            case Event @event:
                return new SchemaInfo.Event(@event.Name, Names(@event.Features),
                    Mention(@event.Arguments ?? _schema.EmptyObject));
            case BuiltinType builtin:
                return new SchemaInfo.Builtin(builtin.Name, builtin.JsonType);
            case ArrayType array:
                return new SchemaInfo.Array(NameOf(array), Mention(array.ElementType));
            case EnumType enumeration:
                return new SchemaInfo.Enum(NameOf(enumeration), Names(enumeration.Features),
                    [.. enumeration.Values.Where(IsOn)
                        .Select(value => new SchemaInfo.Value(value.Name, Names(value.Features)))]);
            case ObjectType type:
                return DescribeObject(type);
            case AlternateType alternate:
                var name = NameOf(alternate);
                var branches = alternate.Branches.Select(branch => (branch, type: Mention(branch.Type))).ToList();
                return new SchemaInfo.Alternate(name, Names(alternate.Features),
                    [.. branches.Where(pair => IsOn(pair.branch)).Select(pair => pair.type)]);
            default:
                throw new InvalidOperationException($"{entity.Name} is of an unknown kind");
        }
    }

    private SchemaInfo.Object DescribeObject(ObjectType type)
    {
        var name = NameOf(type);
        // Types are mentioned whether or not their users are there.
        var members = type.Members.Select(member => (member, type: Mention(member.Type), shown: MentionShown(member)))
            .ToList();
        var branches = type.Branches.Select(branch => (branch, type: Mention(branch.Type))).ToList();
        return new SchemaInfo.Object(name, Names(type.Features),
            [.. members.Where(pair => IsOn(pair.member)).Select(pair =>
                new SchemaInfo.Member(pair.member.Name, pair.shown ?? pair.type,
                    ShownForm(pair.member)?.IsOptional ?? pair.member.IsOptional, Names(pair.member.Features)))],
            type.DiscriminatorName,
            [.. branches.Where(pair => IsOn(pair.branch))
                .Select(pair => new SchemaInfo.Variant(pair.branch.Name, pair.type))]);
    }

    /// <summary>The other form that is shown of a member under these conditions; null for none.</summary>
    private ShownForm? ShownForm(ObjectMember member) =>
        member.Shown is { } shown && shown.Condition.Holds(_defined) ? shown : null;

    private string? MentionShown(ObjectMember member)
    {
        var mentioned = member.Shown?.Reference is { } reference ? Mention(reference.Target) : null;
        return ShownForm(member)?.Reference is null ? null : mentioned;
    }

    private bool IsOn(SchemaMember member) => member.Condition.Holds(_defined);

    private IReadOnlyList<string> Names(IReadOnlyList<Feature> features) =>
        features.Count == 0 ? [] : [.. features.Where(IsOn).Select(feature => feature.Name)];

    /// <summary>Queues a type, and an array's element behind it; the result is the name to show.</summary>
    private string Mention(SchemaType type)
    {
        type = Shown(type);
        if (_mentioned.Add(type))
            _types.Add(type);
        return type is ArrayType array ? $"[{Mention(array.ElementType)}]" : NameOf(type);
    }

    /// <summary>All integers show as <c>int</c>.</summary>
    private SchemaType Shown(SchemaType type) => type switch
    {
        BuiltinType { JsonType: "int" } => _int,
        ArrayType { ElementType: BuiltinType { JsonType: "int" } } => _intList,
        _ => type,
    };

    private string NameOf(SchemaType type)
    {
        if (type is ArrayType array)
            return $"[{NameOf(array.ElementType)}]";
        if (type is BuiltinType || _unmask)
            return type.Name;
        if (!_masks.TryGetValue(type.Name, out var mask))
        {
            mask = _masks.Count.ToString();
            _masks.Add(type.Name, mask);
        }
        return mask;
    }
}
