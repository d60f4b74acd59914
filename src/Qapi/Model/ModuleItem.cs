using Qapi.Syntax;

namespace Qapi.Model;

/// <summary>Something that belongs to a module: an entity, or an include of another module.</summary>
internal abstract class ModuleItem
{
    private SchemaModule? _module;

    /// <summary>The definition's or directive's line; null if predefined.</summary>
    public abstract SourceLocation? Location { get; }

    public SchemaModule Module => _module ?? throw new InvalidOperationException("not part of a module yet");

    internal void SetModule(SchemaModule module) => _module = module;
}
