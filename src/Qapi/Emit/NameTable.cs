using Qapi.Model;

namespace Qapi.Emit;

/// <summary>
/// The C# names of everything in a schema. They do not depend on conditions; of two things whose names clash, the one
/// that is defined first keeps its name.
/// </summary>
internal sealed class NameTable
{
    /// <summary>The stand-in for <c>null</c> where a value is needed.</summary>
    public const string Null = "QNull";

    /// <summary>The type of what commands without a result return.</summary>
    public const string Empty = "QEmpty";

    /// <summary>The helper of generated records.</summary>
    public const string Equality = "ValueEquality";

    /// <summary>The helper of generated records.</summary>
    public const string Copy = "ValueCopy";

    // A record cannot have a member of its own name.
    private static readonly string[] ReservedTypes =
    [
        Null, Empty, Equality, Copy, ApiNames.Support, "ToWireName", "TryParse", .. MemberNames.OfObject, MemberNames.Extension,
        MemberNames.Unrecognized,
    ];

    private readonly NameScope _typeScope = new(ReservedTypes, "Type");
    private readonly Dictionary<SchemaType, string> _types = [];
    private readonly Dictionary<EnumType, string> _extensions = [];
    private readonly Dictionary<SchemaEntity, CallShape> _calls = [];
    private readonly HashSet<ObjectType> _inline = [];
    private readonly Dictionary<SchemaEntity, string> _methods = [];
    private readonly Dictionary<SchemaModule, string> _modules = [];

    public NameTable(QapiSchema schema)
    {
        NameTypes(schema);
        NameCalls(schema);
        var modules = new NameScope(["Support", "Builtin", "Facade"], "Module");
        foreach (var module in schema.Modules)
            _modules.Add(module, module.Path is null ? "Builtin" : modules.Add(CSharpName.Module(module.Name)));
    }

    /// <summary>Every type, calls' own records too, but not what only helps.</summary>
    public IEnumerable<string> All =>
        _types.Values.Concat(_calls.Values.Where(call => call.IsOwn).Select(call => call.TypeName)).Distinct();

    /// <summary>An enum, an object type or an alternate.</summary>
    public string Type(SchemaType type) => _types[type];

    /// <summary>The class of an enum's extension methods.</summary>
    public string Extensions(EnumType type) => _extensions[type];

    public string Module(SchemaModule module) => _modules[module];

    /// <summary>The record of a command's arguments or an event's data.</summary>
    public CallShape Call(SchemaEntity call) => _calls[call];

    /// <summary>Whether a type is that of a call's inline arguments.</summary>
    public bool BelongsToCall(ObjectType type) => _inline.Contains(type);

    /// <summary>A command or event, in the scope of its module; without <c>Async</c>.</summary>
    public string Method(SchemaEntity call) => _methods[call];

    private void NameTypes(QapiSchema schema)
    {
        var named = schema.Entities.OfType<SchemaType>()
            .Where(type => type is EnumType or ObjectType or AlternateType && !type.IsImplicit);
        foreach (var type in named)
            _types.Add(type, _typeScope.Add(CSharpName.Pascal(type.Name)));
        _types.Add(schema.EmptyObject, Empty);
        foreach (var type in schema.Entities.OfType<EnumType>())
            _extensions.Add(type, _typeScope.Add(_types[type] + "Extensions"));
    }

    private void NameCalls(QapiSchema schema)
    {
        var methods = new Dictionary<(SchemaModule, bool), NameScope>();
        foreach (var entity in schema.Entities)
        {
            if (entity is not (Command or Event))
                continue;
            var isCommand = entity is Command;
            var type = isCommand ? ((Command)entity).Arguments : ((Event)entity).Arguments;
            var ownName = CSharpName.Pascal(entity.Name) + (isCommand ? "Arguments" : "Event");
            if (type == schema.EmptyObject)
                type = null;
            if (type is null)
                _calls.Add(entity, new CallShape(_typeScope.Add(ownName), null, IsOwn: true));
            else if (type.Name == ObjectType.NameForArguments(entity.Name))
            {
                _calls.Add(entity, new CallShape(_types[type] = _typeScope.Add(ownName), type, IsOwn: true));
                _inline.Add(type);
            }

            if (!methods.TryGetValue((entity.Module, isCommand), out var scope))
                methods.Add((entity.Module, isCommand), scope = new NameScope(MemberNames.OfObject, "Event"));
            _methods.Add(entity, scope.Add(CSharpName.Pascal(entity.Name)));
        }
        foreach (var type in schema.Entities.OfType<ObjectType>().Where(type => !_types.ContainsKey(type)))
            _types.Add(type, _typeScope.Add(CSharpName.Pascal(type.Name)));
        foreach (var entity in schema.Entities.Where(entity => !_calls.ContainsKey(entity)))
        {
            if (entity is Command { Arguments: { } arguments })
                _calls.Add(entity, new CallShape(_types[arguments], arguments, IsOwn: false));
            else if (entity is Event { Arguments: { } data })
                _calls.Add(entity, new CallShape(_types[data], data, IsOwn: false));
        }
    }
}
