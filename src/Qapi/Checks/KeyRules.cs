using Qapi.Syntax;

namespace Qapi.Checks;

/// <summary>Which keys an object must and may have.</summary>
internal static class KeyRules
{
    /// <summary>Refuses an object that misses keys or has others.</summary>
    /// <param name="node">The object.</param>
    /// <param name="subject">What messages call it.</param>
    /// <param name="origin">The definition it is in.</param>
    /// <param name="required">Keys that it must have.</param>
    /// <param name="optional">Keys that it may have.</param>
    /// <param name="extension">One more, of which messages do not speak, as QEMU's language does not have it.</param>
    public static void Check(ObjectNode node, Subject subject, Origin origin, string[] required, string[] optional,
        string? extension = null)
    {
        var missing = required.Where(key => !node.Has(key)).ToList();
        if (missing.Count > 0)
            throw origin.Error($"{subject} misses {Keys(missing)}");
        var unknown = node.Members.Select(member => member.Key)
            .Where(key => Array.IndexOf(required, key) < 0 && Array.IndexOf(optional, key) < 0 && key != extension)
            .ToList();
        if (unknown.Count > 0)
            throw origin.Error($"{subject} has unknown {Keys(unknown)}",
                $"Valid keys are {Quoted(required.Concat(optional))}.");
    }

    private static string Keys(List<string> keys) => $"key{(keys.Count > 1 ? "s" : "")} {Quoted(keys)}";

    private static string Quoted(IEnumerable<string> keys) =>
        string.Join(", ", keys.OrderBy(key => key, StringComparer.Ordinal).Select(key => $"'{key}'"));
}
