using Qapi.Model;
using Qapi.Syntax;

namespace Qapi.Checks;

/// <summary>Reads MEMBERS and its kin: the members of one definition, enum or list of branches.</summary>
internal sealed class MemberReader(Pragmas pragmas, Origin origin)
{
    private static readonly string[] Type = ["type"];
    private static readonly string[] Name = ["name"];
    private static readonly string[] If = ["if"];
    private static readonly string[] IfFeatures = ["if", "features"];

    /// <summary>Members of an object, written under <paramref name="key"/>, that belong to the type
    /// <paramref name="definedIn"/>.</summary>
    public IReadOnlyList<ObjectMember> Members(ObjectNode node, string key, string definedIn)
    {
        var permitAnyCase = origin.Meta is "struct" or "union" && pragmas.MemberNameExceptions.Contains(origin.Name);
        var members = new List<ObjectMember>(node.Members.Count);
        foreach (var member in node.Members)
        {
            var subject = new Subject($"'{key}' member", member.Key);
            var isOptional = member.Key.StartsWith("*", StringComparison.Ordinal);
            var name = isOptional ? member.Key.Substring(1) : member.Key;
            NameRules.CheckLower(name, subject, origin, permitAnyCase, permitAnyCase);
            if (NameRules.IsReservedMember(name))
                throw origin.Error($"{subject} uses reserved name");
            var full = Full(member, subject, IfFeatures, ShownFormReader.Key);
            var condition = full is null ? Condition.None : ConditionReader.Read(full, subject, origin);
            var features = full is null ? [] : FeatureReader.Read(full, name, origin);
            var type = TypeNameReader.NameOrArray(TypeOf(member), subject, origin);
            members.Add(new ObjectMember(name, isOptional, type, condition, features, definedIn, At(member.Line))
            {
                Shown = full is null ? null : ShownFormReader.Read(full, subject, origin),
            });
        }
        return members;
    }

    public IReadOnlyList<UnionBranch> UnionBranches(ObjectNode node)
    {
        var branches = new List<UnionBranch>(node.Members.Count);
        foreach (var member in node.Members)
        {
            var subject = new Subject("'data' member", member.Key);
            var full = Full(member, subject, If);
            var condition = full is null ? Condition.None : ConditionReader.Read(full, subject, origin);
            var type = TypeNameReader.Name(TypeOf(member), subject, origin);
            branches.Add(new UnionBranch(member.Key, type, condition, origin.Name, At(member.Line)));
        }
        return branches;
    }

    public IReadOnlyList<AlternateBranch> AlternateBranches(ObjectNode node)
    {
        var branches = new List<AlternateBranch>(node.Members.Count);
        foreach (var member in node.Members)
        {
            var subject = new Subject("'data' member", member.Key);
            NameRules.CheckLower(member.Key, subject, origin);
            var full = Full(member, subject, If);
            var condition = full is null ? Condition.None : ConditionReader.Read(full, subject, origin);
            var type = TypeNameReader.NameOrArray(TypeOf(member), subject, origin);
            branches.Add(new AlternateBranch(member.Key, type, condition, origin.Name, At(member.Line)));
        }
        return branches;
    }

    public IReadOnlyList<EnumValue> EnumValues(ListNode list)
    {
        var permitAnyCase = pragmas.MemberNameExceptions.Contains(origin.Name);
        var values = new List<EnumValue>(list.Items.Count);
        foreach (var item in list.Items)
        {
            const string What = "'data' member";
            var full = item as ObjectNode;
            if (full is not null)
                KeyRules.Check(full, new Subject(What), origin, Name, IfFeatures);
            if ((full?.Find("name") ?? item) is not StringNode { Value: var name })
                throw origin.Error($"{What} requires a string name");
            var subject = new Subject(What, name);
            NameRules.CheckEnumValue(name, subject, origin, permitAnyCase);
            var condition = full is null ? Condition.None : ConditionReader.Read(full, subject, origin);
            var features = full is null ? [] : FeatureReader.Read(full, name, origin);
            values.Add(new EnumValue(name, condition, features, origin.Name, At(item.Line)));
        }
        return values;
    }

    /// <summary>The long form of a member, its keys checked; null if the short form is used.</summary>
    /// <param name="member">The member.</param>
    /// <param name="subject">What messages call it.</param>
    /// <param name="optional">The keys that it may have.</param>
    /// <param name="extension">One more, which QEMU's language does not have.</param>
    private ObjectNode? Full(NodeMember member, Subject subject, string[] optional, string? extension = null)
    {
        if (member.Value is not ObjectNode full)
            return null;
        KeyRules.Check(full, subject, origin, Type, optional, extension);
        return full;
    }

    private static SyntaxNode TypeOf(NodeMember member) =>
        member.Value is ObjectNode full ? full.Find("type")! : member.Value;

    private SourceLocation At(int line) => new(origin.Location.File, line);
}
