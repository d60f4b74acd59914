using Qapi.Model;

namespace Qapi.Syntax;

/// <summary>What stands at the top level of a file, apart from pragmas and comments.</summary>
internal abstract class SourceItem(SourceLocation location)
{
    public SourceLocation Location { get; } = location;
}

/// <summary>An expression that should be a definition, with the comment that stands before it.</summary>
internal sealed class DefinitionItem(SourceLocation location, ObjectNode expression, DocComment? documentation)
    : SourceItem(location)
{
    public ObjectNode Expression { get; } = expression;

    public DocComment? Documentation { get; } = documentation;
}

/// <summary>An include directive, also one of a file that was read before.</summary>
internal sealed class IncludeItem(SourceLocation location, string fullPath) : SourceItem(location)
{
    /// <summary>The included file: absolute and normalised.</summary>
    public string FullPath { get; } = fullPath;
}
