namespace Qapi.Syntax;

/// <summary>A key and its value in an object, with the key's place.</summary>
internal sealed class NodeMember(Token key, SyntaxNode value)
{
    /// <summary>The key as written, a leading <c>*</c> included.</summary>
    public string Key { get; } = key.Text;

    /// <summary>The line of the key, counted from 1.</summary>
    public int Line { get; } = key.Line;

    public SyntaxNode Value { get; } = value;
}
