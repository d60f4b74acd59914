using Qapi.Model;
using Qapi.Syntax;

namespace Qapi.Checks;

/// <summary>Matches documentation comments with what they describe.</summary>
internal sealed class DocMatcher(Pragmas pragmas)
{
    /// <summary>Gives the entity's members and features their descriptions; each must have one.</summary>
    public void Match(SchemaEntity entity)
    {
        if (entity.Documentation is not { } doc)
            return;
        var members = doc.Members.ToDictionary(section => section.Name!);
        var features = doc.Features.ToDictionary(section => section.Name!);
        foreach (var feature in entity.Features)
            MatchFeature(feature, features, entity.Origin!);
        foreach (var member in entity.DescribedMembers)
        {
            if (members.TryGetValue(member.Name, out var section))
                member.Documentation = section;
            else if (!pragmas.DocumentationExceptions.Contains(entity.Name))
                throw entity.Origin!.Error($"{member.Role} '{member.Name}' lacks documentation");
            foreach (var feature in member.Features)
                MatchFeature(feature, features, entity.Origin!);
        }
    }

    /// <summary>Complains about descriptions of what the definition does not have.</summary>
    public static void RejectLeftovers(SchemaEntity entity)
    {
        if (entity.Documentation is not { } doc)
            return;
        var members = new HashSet<string>(entity.DescribedMembers.Select(member => member.Name));
        Reject("member", doc.Members, members);
        var features = entity.Features.Concat(entity.DescribedMembers.SelectMany(member => member.Features));
        Reject("feature", doc.Features, [.. features.Select(feature => feature.Name)]);
    }

    private static void MatchFeature(Feature feature, Dictionary<string, DocSection> sections, Origin origin)
    {
        if (!sections.TryGetValue(feature.Name, out var section))
            throw origin.Error($"feature '{feature.Name}' lacks documentation");
        feature.Documentation = section;
    }

    private static void Reject(string what, IReadOnlyList<DocSection> sections, HashSet<string> known)
    {
        var leftovers = sections.Where(section => !known.Contains(section.Name!)).ToList();
        if (leftovers.Count == 0)
            return;
        var names = string.Join(", ", leftovers.Select(section => $"'{section.Name}'"));
        var (plural, verb) = leftovers.Count > 1 ? ("s", "do") : ("", "does");
        throw leftovers[0].Location.Error($"documented {what}{plural} {names} {verb} not exist");
    }
}
