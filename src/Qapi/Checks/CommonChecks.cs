using Qapi.Model;

namespace Qapi.Checks;

/// <summary>What holds for definitions of every kind.</summary>
internal static class CommonChecks
{
    /// <summary>Features of a definition are distinct, and those of a type are not special.</summary>
    public static void Features(SchemaEntity entity)
    {
        if (entity.Features.Count == 0)
            return;
        new MemberClashes(entity.Origin).AddAll(entity.Features);
        var special = entity is SchemaType ? entity.Features.FirstOrDefault(feature => feature.IsSpecial) : null;
        if (special is not null)
            throw entity.Origin!.Error($"feature '{special.Name}' is not supported for types");
    }

    /// <summary>The features that an entity declares, for itself and for what is in it.</summary>
    public static IEnumerable<Feature> AllFeatures(SchemaEntity entity)
    {
        IReadOnlyList<SchemaMember> members = entity switch
        {
            EnumType enumeration => enumeration.Values,
            ObjectType type => type.LocalMembers,
            _ => [],
        };
        return entity.Features.Concat(members.SelectMany(member => member.Features));
    }
}
