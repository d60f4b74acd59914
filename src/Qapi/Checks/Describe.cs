using Qapi.Model;
using Qapi.Syntax;

namespace Qapi.Checks;

/// <summary>How messages speak of members (QAPI.md section 5.8).</summary>
internal static class Describe
{
    /// <summary>Role and name; where it lives, if that is not the definition at <paramref name="origin"/>.</summary>
    public static string Member(SchemaMember member, Origin origin)
    {
        var (role, kind, owner) = (member.Role, "type", member.DefinedIn);
        if (TryStrip(owner, ObjectType.NameForArguments, out var call))
            (role, kind, owner) = ("parameter", "command", call);
        else if (TryStrip(owner, ObjectType.NameForBase, out var union))
            (role, owner) = ("base " + role, union);
        var place = owner == origin.Name ? "" : $" of {kind} '{owner}'";
        return $"{role} '{member.Name}'{place}";
    }

    /// <summary>Finds the definition that gave an implicit type its name.</summary>
    private static bool TryStrip(string name, Func<string, string> naming, out string definition)
    {
        const char Hole = '\0';
        var pattern = naming(Hole.ToString());
        var prefix = pattern.Substring(0, pattern.IndexOf(Hole));
        var suffix = pattern.Substring(prefix.Length + 1);
        var matches = name.Length >= pattern.Length && name.StartsWith(prefix, StringComparison.Ordinal)
            && name.EndsWith(suffix, StringComparison.Ordinal);
        definition = matches ? name.Substring(prefix.Length, name.Length - prefix.Length - suffix.Length) : "";
        return matches;
    }
}
