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

/// <summary>Members in source order; their keys are distinct.</summary>
internal sealed class ObjectNode : SyntaxNode
{
    private readonly Dictionary<string, NodeMember> _byKey;

    public ObjectNode(Token start, IReadOnlyList<NodeMember> members, Dictionary<string, NodeMember> byKey)
        : base(start)
    {
        Members = members;
        _byKey = byKey;
    }

    public IReadOnlyList<NodeMember> Members { get; }

    public override bool HasContent => Members.Count > 0;

    public bool Has(string key) => _byKey.ContainsKey(key);

    /// <summary>The value of that key; null if the key is absent.</summary>
    public SyntaxNode? Find(string key) => _byKey.TryGetValue(key, out var member) ? member.Value : null;
}

/// <summary>A key and its value in an object, with the key's place.</summary>
internal sealed class NodeMember(Token key, SyntaxNode value)
{
    /// <summary>The key as written, a leading <c>*</c> included.</summary>
    public string Key { get; } = key.Text;

    /// <summary>The line of the key, counted from 1.</summary>
    public int Line { get; } = key.Line;

    public SyntaxNode Value { get; } = value;
}

internal sealed class ListNode(Token start, IReadOnlyList<SyntaxNode> items) : SyntaxNode(start)
{
    public IReadOnlyList<SyntaxNode> Items { get; } = items;

    public override bool HasContent => Items.Count > 0;
}

internal sealed class StringNode(Token token) : SyntaxNode(token)
{
    public string Value { get; } = token.Text;

    public override bool HasContent => Value.Length > 0;
}

internal sealed class BooleanNode(Token token) : SyntaxNode(token)
{
    public bool Value { get; } = token.Kind == TokenKind.True;

    public override bool HasContent => Value;
}
