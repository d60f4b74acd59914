namespace Qapi.Syntax;

internal sealed class StringNode(Token token) : SyntaxNode(token)
{
    public string Value { get; } = token.Text;

    public override bool HasContent => Value.Length > 0;
}
