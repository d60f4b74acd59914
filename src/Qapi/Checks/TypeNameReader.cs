using Qapi.Model;
using Qapi.Syntax;

namespace Qapi.Checks;

/// <summary>Reads the names of types where they are used.</summary>
internal static class TypeNameReader
{
    /// <summary>A type's name.</summary>
    public static TypeReference Name(SyntaxNode node, Subject subject, Origin origin) =>
        node is StringNode { Value: var name }
            ? new TypeReference(name)
            : throw origin.Error($"{subject} should be a type name");

    /// <summary>A type's name, or a list of exactly one.</summary>
    public static TypeReference NameOrArray(SyntaxNode node, Subject subject, Origin origin)
    {
        if (node is StringNode { Value: var name })
            return new TypeReference(name);
        if (node is not ListNode list)
            throw origin.Error($"{subject} should be a type name or array");
        if (list.Items.Count != 1 || list.Items[0] is not StringNode { Value: var element })
            throw origin.Error($"{subject}: array type must contain single type name");
        return new TypeReference(element, isArray: true);
    }

    /// <summary>An empty name stands for none where a type may be left out.</summary>
    public static TypeReference? OrNone(TypeReference reference) =>
        reference is { IsArray: false, Name.Length: 0 } ? null : reference;
}
