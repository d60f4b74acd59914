using Qapi.Model;

namespace Qapi.Checks;

/// <summary>How messages speak of members.</summary>
internal static class Describe
{
    /// <summary>Role and name; where it lives, if that is not the definition at <paramref name="origin"/>.</summary>
    public static string Member(SchemaMember member, Origin origin)
    {
        var (role, kind, owner) = (member.Role, "type", member.DefinedIn);
        // Inline members are spoken of by the definition they are written in. An event's are a command's, too.
        if (owner.StartsWith(ObjectType.ImplicitPrefix, StringComparison.Ordinal))
        {
            owner = owner.Substring(ObjectType.ImplicitPrefix.Length);
            if (owner.EndsWith(ObjectType.ArgumentsSuffix, StringComparison.Ordinal))
                (role, kind, owner) = ("parameter", "command", Without(owner, ObjectType.ArgumentsSuffix));
            else
                (role, owner) = ("base " + role, Without(owner, ObjectType.BaseSuffix));
        }
        var place = owner == origin.Name ? "" : $" of {kind} '{owner}'";
        return $"{role} '{member.Name}'{place}";
    }

    private static string Without(string name, string suffix) => name.Substring(0, name.Length - suffix.Length);
}
