namespace Qapi.Syntax;

internal sealed class BooleanNode(Token token) : SyntaxNode(token)
{
    public bool Value { get; } = token.Kind == TokenKind.True;

    public override bool HasContent => Value;
}
