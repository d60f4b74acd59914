using Qapi.Model;

namespace Qapi.Checks;

/// <summary>Members that must not share a name, judged by <see cref="NameRules.Flatten"/>.</summary>
internal sealed class MemberClashes(Origin? origin)
{
    private readonly Dictionary<string, SchemaMember> _byName = [];

    public void AddAll(IEnumerable<SchemaMember> members)
    {
        foreach (var member in members)
            Add(member);
    }

    public void Add(SchemaMember member)
    {
        Reject(member);
        _byName.Add(NameRules.Flatten(member.Name), member);
    }

    /// <summary>Complains if the member clashes, without entering it.</summary>
    public void Reject(SchemaMember member)
    {
        if (_byName.TryGetValue(NameRules.Flatten(member.Name), out var other) && origin is not null)
            throw origin.Error($"{Describe.Member(member, origin)} collides with {Describe.Member(other, origin)}");
    }

    /// <summary>The member with exactly that name; null if there is none.</summary>
    public SchemaMember? Find(string name) =>
        _byName.TryGetValue(NameRules.Flatten(name), out var member) && member.Name == name ? member : null;
}
