namespace Qapi.Generators;

/// <summary>A schema file as the compiler hands it over.</summary>
/// <param name="Path">Its path on disk.</param>
/// <param name="Text">Its text; null if it cannot be read.</param>
internal sealed record SchemaText(string Path, string? Text);
