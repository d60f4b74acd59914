namespace Qapi.Syntax;

internal sealed class ListNode(Token start, IReadOnlyList<SyntaxNode> items) : SyntaxNode(start)
{
    public IReadOnlyList<SyntaxNode> Items { get; } = items;

    public override bool HasContent => Items.Count > 0;
}
