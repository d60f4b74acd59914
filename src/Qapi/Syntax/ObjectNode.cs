namespace Qapi.Syntax;

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
