using Qapi.Model;

namespace Qapi.Checks;

/// <summary>The third phase: enters every definition in the one name space, behind the arrays it needs.</summary>
internal sealed class DefinitionTable
{
    private static readonly string[] QTypeValues = ["none", "qnull", "qnum", "qstring", "qdict", "qlist", "qbool"];

    private readonly Dictionary<string, SchemaEntity> _byName = [];
    private readonly List<SchemaEntity> _entities = [];

    public DefinitionTable()
    {
        AddBuiltin("str", WireKind.String, "string");
        AddBuiltin("number", WireKind.Number, "number");
        foreach (var integer in (string[])["int", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32",
            "uint64", "size"])
            AddBuiltin(integer, WireKind.Number, "int");
        AddBuiltin("bool", WireKind.Boolean, "boolean");
        AddBuiltin("any", WireKind.Any, "value");
        AddBuiltin("null", WireKind.Null, "null");
        EmptyObject = new ObjectType(Header.Implicit(ObjectType.EmptyName, null, Condition.None), null, []);
        Add(EmptyObject);
        var values = QTypeValues.Select(name => new EnumValue(name, Condition.None, [], "QType", null));
        Add(new EnumType(Header.Predefined("QType"), [.. values], null));
    }

    public ObjectType EmptyObject { get; }

    /// <summary>In definition order, the predefined ones first.</summary>
    public IReadOnlyList<SchemaEntity> Entities => _entities;

    public SchemaEntity? Find(string name) => _byName.TryGetValue(name, out var entity) ? entity : null;

    public SchemaType? FindType(string name) => Find(name) as SchemaType;

    public void Define(IEnumerable<SchemaEntity> definitions)
    {
        foreach (var definition in definitions)
        {
            foreach (var reference in definition.References)
            {
                if (reference.IsArray && Find(reference.TypeName) is null)
                    Add(new ArrayType(Header.Implicit(reference.TypeName, definition.Origin, Condition.None),
                        new TypeReference(reference.Name)));
            }
            // An implicit type that is there already belongs to a definition of the same name, which is refused next.
            if (definition.IsImplicit && Find(definition.Name) is not null)
                continue;
            RejectClash(definition);
            Add(definition);
        }
    }

    private void RejectClash(SchemaEntity definition)
    {
        var other = Find(definition.Name);
        if (other is null || definition.Origin is null)
            return;
        if (other.Origin is not null)
            throw definition.Origin.Error($"'{definition.Name}' is already defined",
                QapiError.In(other.Origin, "previous definition").Render());
        throw definition.Origin.Error($"{((SchemaType)other).Description} is already defined");
    }

    private void AddBuiltin(string name, WireKind kind, string jsonType)
    {
        Add(new BuiltinType(name, kind, jsonType));
        Add(new ArrayType(Header.Implicit(ArrayType.NameFor(name), null, Condition.None), new TypeReference(name)));
    }

    private void Add(SchemaEntity entity)
    {
        _byName.Add(entity.Name, entity);
        _entities.Add(entity);
    }
}
