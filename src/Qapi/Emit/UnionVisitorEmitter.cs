using Qapi.Model;

namespace Qapi.Emit;

/// <summary>
/// Writes the reader and writer of a union. On the wire a branch's members stand beside the common ones, and a branch
/// may be a union again, so each combination of branches is written in an order of its own.
/// </summary>
internal sealed class UnionVisitorEmitter(SourceWriter writer, EmitContext context)
{
    private readonly MemberCode _code = new(writer, context);
    private readonly CSharpType _types = new(context, hidden: null);

    public void Write(ObjectType union)
    {
        var name = NameOf(union);
        VisitorFrame.Open(writer, context.Api.Visitor(union), name);
        VisitorFrame.ReadObject(writer, name);
        ReadMembers(union);
        writer.Gap();
        VisitorFrame.WriteDoc(writer);
        writer.Open(VisitorFrame.WriteHeader(name));
        WriteBranches(union, "value", [], ["value.Extension"], 0);
        writer.Close();
        writer.Close();
    }

    private void ReadMembers(ObjectType union)
    {
        var tag = union.Discriminator!;
        var enumeration = EmitContext.TagOf(union);
        var members = context.MembersOf(union);
        writer.Open(VisitorFrame.ReadMembersHeader(NameOf(union)));
        foreach (var member in members)
        {
            writer.Line(member == tag
                ? $"var {Local(union, member)} = {TagRead(union)};"
                : $"{_types.Of(member)} {Local(union, member)} = {_code.Read(member)};");
        }
        writer.Open($"switch ({Local(union, tag)})");
        foreach (var value in context.ValuesOf(enumeration))
        {
            var branch = context.BranchesOf(union).FirstOrDefault(branch => branch.Name == value.Name);
            writer.Line($"case {EnumValue(enumeration, value.Name)}:");
            writer.Indent();
            if (branch is null)
            {
                writer.Line("throw visitor.NoBranch("
                    + $"{CSharpLiteral.Text(tag.Name)}, {CSharpLiteral.Text(union.Name)});");
            }
            else
            {
                var own = context.IsEmpty(branch)
                    ? null
                    : $"{MemberNames.Value} = {context.Api.Visitor(branch.Type)}.ReadMembers(visitor, ref unknown),";
                ReturnBranch(union, context.Members.Branch(union, branch), own);
            }
            writer.Outdent();
        }
        writer.Line("default:");
        writer.Indent();
        ReturnBranch(union, MemberNames.Unrecognized,
            $"{MemberNames.WireName} = visitor.ReadString({CSharpLiteral.Text(tag.Name)}),");
        writer.Outdent();
        writer.Close();
        writer.Close();
    }

    private void ReturnBranch(ObjectType union, string branch, string? own)
    {
        var common = context.MembersOf(union).Where(member => member != union.Discriminator)
            .Select(member => $"{context.Members.Property(union, member)} = {Local(union, member)},");
        List<string> all = own is null ? [.. common] : [.. common, own];
        if (all.Count == 0)
        {
            writer.Line($"return new {NameOf(union)}.{branch}();");
            return;
        }
        writer.Open($"return new {NameOf(union)}.{branch}");
        foreach (var line in all)
            writer.Line(line);
        writer.Close(";");
    }

    private void WriteBranches(ObjectType union, string value, IReadOnlyList<MemberSlot> outer,
        IReadOnlyList<string> extensions, int depth)
    {
        var variable = "branch" + depth;
        writer.Open($"switch ({value})");
        foreach (var branch in context.BranchesOf(union))
        {
            var own = $"{variable}.{MemberNames.Value}";
            var slots = Slots(union, value, outer, CSharpLiteral.Text(branch.Name));
            var type = branch.Type;
            var hasMembers = !context.IsEmpty(branch);
            var pattern = $"{NameOf(union)}.{context.Members.Branch(union, branch)}";
            writer.Line($"case {pattern}{(hasMembers ? $" {variable}" : "")}:");
            writer.Open();
            List<string> bags = hasMembers ? [.. extensions, $"{own}.{MemberNames.Extension}"] : [.. extensions];
            if (type.IsUnion)
                WriteBranches(type, own, slots, bags, depth + 1);
            else
                WriteLeaf([.. slots, .. Members(type, own)], bags);
            writer.Line("break;");
            writer.Close();
        }
        writer.Line($"case {NameOf(union)}.{MemberNames.Unrecognized} {variable}:");
        writer.Open();
        WriteLeaf(Slots(union, value, outer, $"{variable}.{MemberNames.WireName}"), extensions);
        writer.Line("break;");
        writer.Close();
        VisitorFrame.NoBranch(writer);
        writer.Close();
    }

    private void WriteLeaf(IReadOnlyList<MemberSlot> slots, IReadOnlyList<string> extensions)
    {
        writer.Line($"var extension = {Merged(extensions)};");
        _code.Write(slots, "extension");
    }

    private List<MemberSlot> Slots(ObjectType union, string value, IEnumerable<MemberSlot> outer, string tag) =>
    [
        .. outer,
        .. context.MembersOf(union).Select(member => member == union.Discriminator
            ? new MemberSlot(member, value, tag)
            : new MemberSlot(member, $"{value}.{context.Members.Property(union, member)}")),
    ];

    private IEnumerable<MemberSlot> Members(ObjectType type, string value) => context.MembersOf(type)
        .Select(member => new MemberSlot(member, $"{value}.{context.Members.Property(type, member)}"));

    private static string Merged(IReadOnlyList<string> extensions) =>
        extensions.Aggregate((left, right) => $"{ApiNames.Support}.Merged({left}, {right})");

    /// <summary>An unknown discriminator is kept by its branch, not in the bag.</summary>
    private string TagRead(ObjectType union)
    {
        var tag = union.Discriminator!;
        var name = CSharpLiteral.Text(tag.Name);
        var features = context.SpecialFeatures(tag);
        var visitor = features == EmitContext.NoSpecialFeatures
            ? "visitor"
            : $"{ApiNames.Support}.Checked(visitor, {name}, {features})";
        return $"{context.Api.Visitor(tag.Type)}.Read({visitor}, {name})";
    }

    private string NameOf(ObjectType type) => CSharpType.Qualified(context.Types.Type(type));

    private string EnumValue(EnumType type, string value) =>
        $"{CSharpType.Qualified(context.Types.Type(type))}.{context.Members.EnumValue(type, value)}";

    private string Local(ObjectType union, ObjectMember member) => "the" + context.Members.Property(union, member);
}
