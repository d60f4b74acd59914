using Qapi.Model;

namespace Qapi.Checks;

/// <summary>Checks structs and unions: their bases and branch types first.</summary>
internal sealed class ObjectTypeChecker(TypeResolver types, ObjectType emptyObject)
{
    /// <summary>Real bases and branches nest three deep; the bound keeps the stack from running out.</summary>
    public const int MaxDepth = 200;

    private readonly HashSet<ObjectType> _inProgress = [];

    public void Check(ObjectType type)
    {
        if (type.IsChecked)
            return;
        if (type.Origin is null)
        {
            type.SetMembers(type.LocalMembers);
            return;
        }
        if (!_inProgress.Add(type))
            throw type.Origin.Error($"object {type.Name} contains itself");
        if (_inProgress.Count > MaxDepth)
            throw type.Origin.Error($"bases and branches are nested more than {MaxDepth} levels deep");
        CommonChecks.Features(type);
        var clashes = new MemberClashes(type.Origin);
        var members = new List<ObjectMember>();
        if (CheckBase(type) is { } parent)
        {
            members.AddRange(parent.Members);
            clashes.AddAll(parent.Members);
        }
        foreach (var member in type.LocalMembers)
        {
            types.Resolve(member.Reference, type.Origin, member);
            if (member.Shown?.Reference is { } shown)
                types.Resolve(shown, type.Origin, member);
            new MemberClashes(type.Origin).AddAll(member.Features);
            clashes.Add(member);
        }
        members.AddRange(type.LocalMembers);
        if (type.IsUnion)
            CheckBranches(type, clashes);
        type.SetMembers(members);
        _inProgress.Remove(type);
    }

    private ObjectType? CheckBase(ObjectType type)
    {
        if (type.BaseReference is null)
            return null;
        var resolved = types.Resolve(type.BaseReference, type.Origin!, "'base'");
        if (resolved is not ObjectType { IsUnion: false } parent)
            throw type.Origin!.Error($"'base' requires a struct type, {resolved.Description} isn't");
        Check(parent);
        return parent;
    }

    private void CheckBranches(ObjectType union, MemberClashes clashes)
    {
        var origin = union.Origin!;
        var values = CheckDiscriminator(union, clashes);
        var written = new HashSet<string>(union.Branches.Select(branch => branch.Name));
        foreach (var value in values.Values)
        {
            if (written.Contains(value.Name))
                continue;
            var type = new TypeReference(ObjectType.EmptyName);
            union.AddImpliedBranch(new UnionBranch(value.Name, type, value.Condition, union.Name, value.Location,
                isImplied: true));
        }
        if (union.Branches.Count == 0)
            throw origin.Error("union has no branches");
        var known = new HashSet<string>(values.Values.Select(value => value.Name));
        foreach (var branch in union.Branches)
        {
            var type = types.Resolve(branch.Reference, origin, branch);
            if (!known.Contains(branch.Name))
                throw origin.Error($"branch '{branch.Name}' is not a value of {values.Description}");
            if (type is not ObjectType member)
                throw origin.Error($"{Describe.Member(branch, origin)} cannot use {type.Description}");
            Check(member);
        }
        var visited = new HashSet<ObjectType> { emptyObject };
        foreach (var branch in union.Branches)
            RejectClashes(branch.Type, clashes, visited);
    }

    private static EnumType CheckDiscriminator(ObjectType union, MemberClashes clashes)
    {
        var origin = union.Origin!;
        var name = union.DiscriminatorName!;
        if (clashes.Find(name) is not ObjectMember discriminator)
            throw origin.Error($"discriminator '{name}' is not a member of 'base'");
        var place = union.Base!.IsImplicit ? "'base'" : $"base type '{discriminator.DefinedIn}'";
        if (discriminator.Type is not EnumType values)
            throw origin.Error($"discriminator member '{name}' of {place} must be of enum type");
        if (discriminator.IsOptional)
            throw origin.Error($"discriminator member '{name}' of {place} must not be optional");
        if (discriminator.Condition.IsPresent)
            throw origin.Error($"discriminator member '{name}' of {place} must not be conditional");
        union.SetDiscriminator(discriminator);
        return values;
    }

    /// <summary>
    /// Compares all members of a branch, those of its own branches too, with the union's. Each type was compared
    /// with itself when it was checked, so it needs to be visited once only.
    /// </summary>
    private static void RejectClashes(ObjectType type, MemberClashes clashes, HashSet<ObjectType> visited)
    {
        if (!visited.Add(type))
            return;
        foreach (var member in type.Members)
            clashes.Reject(member);
        foreach (var branch in type.Branches)
            RejectClashes(branch.Type, clashes, visited);
    }
}
