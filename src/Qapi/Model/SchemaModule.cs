namespace Qapi.Model;

/// <summary>One file of a schema, or the predefined types.</summary>
internal sealed class SchemaModule(string name, string? path)
{
    public const string Builtin = "./builtin";

    private readonly List<ModuleItem> _items = [];

    /// <summary>The path from the root file's directory; <see cref="Builtin"/> for the predefined types.</summary>
    public string Name { get; } = name;

    /// <summary>The absolute, normalised path; null for the predefined types.</summary>
    public string? Path { get; } = path;

    /// <summary>Includes and entities in definition order. An array is in the module of its element type.</summary>
    public IReadOnlyList<ModuleItem> Items => _items;

    public IEnumerable<SchemaEntity> Entities => _items.OfType<SchemaEntity>();

    internal void Add(ModuleItem item)
    {
        item.SetModule(this);
        _items.Add(item);
    }
}

/// <summary>Something that belongs to a module: an entity, or an include of another module.</summary>
internal abstract class ModuleItem
{
    private SchemaModule? _module;

    /// <summary>The definition's or directive's line; null if predefined.</summary>
    public abstract SourceLocation? Location { get; }

    public SchemaModule Module => _module ?? throw new InvalidOperationException("not part of a module yet");

    internal void SetModule(SchemaModule module) => _module = module;
}

/// <summary>An include directive in its module.</summary>
internal sealed class SchemaInclude(SourceLocation location, SchemaModule target) : ModuleItem
{
    public override SourceLocation Location { get; } = location;

    public SchemaModule Target { get; } = target;
}
