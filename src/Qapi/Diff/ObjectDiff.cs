using Qapi.Introspection;

namespace Qapi.Diff;

/// <summary>Compares objects by what they hold: structs and unions alike, a union branch by branch.</summary>
internal sealed class ObjectDiff(CallDiff call, TypeTable old, TypeTable now, DataFlow flow)
{
    private static readonly SchemaInfo.Object Empty = new("", [], [], null, []);

    /// <summary>Compares two objects.</summary>
    /// <param name="path">Where they are.</param>
    /// <param name="before">The old one.</param>
    /// <param name="after">The new one.</param>
    /// <param name="outerBefore">
    /// Further members of the old one: from outside of the branch, and only in branches of the new one.
    /// </param>
    /// <param name="outerAfter">The same for the new one.</param>
    public void Compare(ValuePath path, SchemaInfo.Object before, SchemaInfo.Object after,
        IEnumerable<SchemaInfo.Member>? outerBefore = null, IEnumerable<SchemaInfo.Member>? outerAfter = null)
    {
        var left = before.Members.Concat(outerBefore ?? []).ToDictionary(member => member.Name);
        var right = after.Members.Concat(outerAfter ?? []).ToDictionary(member => member.Name);
        foreach (var member in left.Values.Where(member => right.ContainsKey(member.Name)))
            Same(path, member, right[member.Name]);
        if (before.Tag is not null && after.Tag is not null && before.Tag != after.Tag)
        {
            call.Add(path.ToString(), ChangeKind.DiscriminatorChanged, ChangeImpact.Breaks,
                $"its branch is told by '{after.Tag}' instead of '{before.Tag}'");
            return;
        }

        // What one side has in common may have moved into branches of the other; then it is compared there.
        var gone = left.Values.Where(member => !right.ContainsKey(member.Name)).ToLookup(member => HasInBranch(now, after, member));
        var come = right.Values.Where(member => !left.ContainsKey(member.Name)).ToLookup(member => HasInBranch(old, before, member));
        foreach (var member in gone[false])
            Removed(path, member);
        foreach (var member in come[false])
            Added(path, member);
        foreach (var value in Cases(before, after))
        {
            Compare(path.Branch(value), Branch(old, before, value), Branch(now, after, value),
                gone[true], come[true]);
        }
    }

    private void Same(ValuePath path, SchemaInfo.Member before, SchemaInfo.Member after)
    {
        var member = path.Member(before.Name);
        call.Features(member.ToString(), before.Features, after.Features);
        if (before.IsOptional != after.IsOptional)
        {
            // Clients must give what servers need, and count on what servers promise.
            var breaks = before.IsOptional == (flow == DataFlow.Input);
            call.Add(member.ToString(), ChangeKind.OptionalityChanged,
                breaks ? ChangeImpact.Breaks : ChangeImpact.None,
                $"is now {(after.IsOptional ? "optional" : "mandatory")}");
        }
        call.Types(flow, member, before.Type, after.Type);
    }

    private void Removed(ValuePath path, SchemaInfo.Member member)
    {
        var impact = flow == DataFlow.Output && member.IsOptional ? ChangeImpact.May : ChangeImpact.Breaks;
        call.Add(path.Member(member.Name).ToString(), ChangeKind.Removed, impact, "removed");
    }

    private void Added(ValuePath path, SchemaInfo.Member member)
    {
        var impact = flow == DataFlow.Input && !member.IsOptional ? ChangeImpact.Breaks : ChangeImpact.None;
        call.Add(path.Member(member.Name).ToString(), ChangeKind.Added, impact,
            $"added, {(member.IsOptional ? "optional" : "mandatory")}, {now.Describe(now.Type(member.Type))}");
    }

    /// <summary>The values of the discriminator that both sides have; those of one side show in its enum.</summary>
    private IEnumerable<string> Cases(SchemaInfo.Object before, SchemaInfo.Object after)
    {
        var left = before.Variants.Select(variant => variant.Case);
        var right = after.Variants.Select(variant => variant.Case);
        return before.Tag is null ? right : after.Tag is null ? left : left.Intersect(right);
    }

    private static SchemaInfo.Object Branch(TypeTable table, SchemaInfo.Object type, string value) =>
        type.Variants.FirstOrDefault(variant => variant.Case == value) is { } variant
            ? (SchemaInfo.Object)table.Type(variant.Type)
            : Empty;

    private static bool HasInBranch(TypeTable table, SchemaInfo.Object type, SchemaInfo.Member member) =>
        type.Variants.Select(variant => (SchemaInfo.Object)table.Type(variant.Type)).Any(branch =>
            branch.Members.Any(own => own.Name == member.Name) || HasInBranch(table, branch, member));
}
