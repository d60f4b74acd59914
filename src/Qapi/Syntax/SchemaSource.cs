using Qapi.Model;

namespace Qapi.Syntax;

/// <summary>A schema after parsing: all files spliced into one sequence.</summary>
internal sealed class SchemaSource(SourceFile root)
{
    /// <summary>The directory of the root file, absolute and normalised.</summary>
    public string Directory { get; } = SchemaPath.DirectoryOf(root.FullPath);

    public SourceFile Root { get; } = root;

    /// <summary>Includes and definitions in order; a file's follow the include that first led to it.</summary>
    public List<SourceItem> Items { get; } = [];

    /// <summary>Documentation comments in the same order.</summary>
    public List<DocComment> Documentation { get; } = [];

    public Pragmas Pragmas { get; } = new();
}
