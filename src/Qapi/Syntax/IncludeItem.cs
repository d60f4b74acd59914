namespace Qapi.Syntax;

/// <summary>An include directive, also one of a file that was read before.</summary>
internal sealed class IncludeItem(SourceLocation location, string fullPath) : SourceItem(location)
{
    /// <summary>The included file: absolute and normalised.</summary>
    public string FullPath { get; } = fullPath;
}
