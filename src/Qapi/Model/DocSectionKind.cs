namespace Qapi.Model;

internal enum DocSectionKind
{
    /// <summary>Paragraphs without a tag.</summary>
    Plain,
    Member,
    Feature,
    Returns,
    Errors,
    Since,
    Todo,
}
