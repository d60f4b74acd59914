using Qapi.Syntax;

namespace Qapi.Model;

/// <summary>An include directive in its module.</summary>
internal sealed class SchemaInclude(SourceLocation location, SchemaModule target) : ModuleItem
{
    public override SourceLocation Location { get; } = location;

    public SchemaModule Target { get; } = target;
}
