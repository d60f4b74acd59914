using Qapi.Syntax;

namespace Qapi.Checks;

/// <summary>Which keys an object must and may have.</summary>
internal static class KeyRules
{
    public static void Check(ObjectNode node, Subject subject, Origin origin, string[] required, string[] optional)
    {
        var missing = required.Where(key => !node.Has(key)).ToList();
        if (missing.Count > 0)
            throw origin.Error($"{subject} misses {Keys(missing)}");
        var unknown = node.Members.Select(member => member.Key)
            .Where(key => Array.IndexOf(required, key) < 0 && Array.IndexOf(optional, key) < 0)
            .ToList();
        if (unknown.Count > 0)
            throw origin.Error($"{subject} has unknown {Keys(unknown)}",
                $"Valid keys are {Quoted(required.Concat(optional))}.");
    }

    private static string Keys(List<string> keys) => $"key{(keys.Count > 1 ? "s" : "")} {Quoted(keys)}";

    private static string Quoted(IEnumerable<string> keys) =>
        string.Join(", ", keys.OrderBy(key => key, StringComparer.Ordinal).Select(key => $"'{key}'"));
}
