namespace Qapi.Syntax;

/// <summary>What stands at the top level of a file, apart from pragmas and comments.</summary>
internal abstract class SourceItem(SourceLocation location)
{
    public SourceLocation Location { get; } = location;
}
