using Qapi.Model;

namespace Qapi.Syntax;

/// <summary>An expression that should be a definition, with the comment that stands before it.</summary>
internal sealed class DefinitionItem(SourceLocation location, ObjectNode expression, DocComment? documentation)
    : SourceItem(location)
{
    public ObjectNode Expression { get; } = expression;

    public DocComment? Documentation { get; } = documentation;
}
