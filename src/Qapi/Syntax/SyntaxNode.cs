namespace Qapi.Syntax;

/// <summary>A value of an expression and where it starts.</summary>
internal abstract class SyntaxNode(Token start)
{
    /// <summary>Counted from 1.</summary>
    public int Line { get; } = start.Line;

    /// <summary>
    /// No string, list or object with nothing in it, nor <c>false</c>. Where the language asks only whether something
    /// was given, an empty value counts as nothing.
    /// </summary>
    public abstract bool HasContent { get; }
}
