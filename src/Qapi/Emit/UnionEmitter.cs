using Qapi.Model;

namespace Qapi.Emit;

/// <summary>
/// Writes a union: an abstract record with the common members, and in it one sealed record for each branch, which
/// holds the branch's own members as a value of their type.
/// </summary>
internal static class UnionEmitter
{
    public static void Write(SourceWriter writer, EmitContext context, ObjectType union)
    {
        var name = context.Types.Type(union);
        var nested = new HashSet<string>(context.Members.NestedIn(union));
        var csharp = new CSharpType(context, nested);
        var body = new RecordBody(writer, context, csharp);
        var members = context.MembersOf(union).Where(member => member != union.Discriminator).ToList();

        DocWriter.Entity(writer, union, $"Union <c>{union.Name}</c>.");
        AttributeWriter.Type(writer);
        writer.Open($"public abstract record {name}");
        writer.Open($"private {name}()");
        writer.Close();
        writer.Gap();
        Tag(writer, context, csharp, union);
        foreach (var member in members)
            body.Property(union, member);
        body.ExtensionProperty();
        body.Equality(name, union, members, isBase: true);
        new CloneEmitter(writer, context).Base(name);
        foreach (var branch in context.BranchesOf(union))
        {
            writer.Gap();
            Branch(writer, context, csharp, union, branch);
        }
        writer.Gap();
        UnrecognizedBranch(writer, context, csharp, union);
        writer.Close();
    }

    private static void Tag(SourceWriter writer, EmitContext context, CSharpType csharp, ObjectType union)
    {
        var tag = union.Discriminator!;
        DocWriter.Member(writer, tag, $"Member <c>{tag.Name}</c>, which tells the branch.");
        AttributeWriter.Features(writer, context, tag.Features);
        writer.Line($"public abstract {csharp.Of(tag)} {context.Members.Property(union, tag)} {{ get; }}");
        writer.Gap();
    }

    private static void Branch(SourceWriter writer, EmitContext context, CSharpType csharp, ObjectType union,
        UnionBranch branch)
    {
        var tag = EmitContext.TagOf(union);
        DocWriter.Summary(writer, $"Branch <c>{branch.Name}</c>.");
        writer.Open($"public sealed record {context.Members.Branch(union, branch)} : {context.Types.Type(union)}");
        TagValue(writer, context, csharp, union, context.Members.EnumValue(tag, branch.Name));
        if (!context.IsEmpty(branch))
        {
            writer.Gap();
            DocWriter.Summary(writer, "The members of this branch.");
            writer.Line($"public required {csharp.Of(branch.Type)} {MemberNames.Value} {{ get; init; }}");
        }
        new CloneEmitter(writer, context).Branch(union, context.IsEmpty(branch) ? null : branch.Type);
        writer.Close();
    }

    private static void UnrecognizedBranch(SourceWriter writer, EmitContext context, CSharpType csharp,
        ObjectType union)
    {
        DocWriter.Summary(writer, "A branch that this schema does not know. Only tolerant readers yield it.");
        writer.Line($"/// <remarks>Its members are in <see cref=\"{MemberNames.Extension}\"/>.</remarks>");
        writer.Open($"public sealed record {MemberNames.Unrecognized} : {context.Types.Type(union)}");
        TagValue(writer, context, csharp, union, MemberNames.Unrecognized);
        writer.Gap();
        DocWriter.Summary(writer, $"The text of the member <c>{union.DiscriminatorName}</c>.");
        writer.Line($"public required string {MemberNames.WireName} {{ get; init; }}");
        new CloneEmitter(writer, context).Branch(union, value: null);
        writer.Close();
    }

    private static void TagValue(SourceWriter writer, EmitContext context, CSharpType csharp, ObjectType union,
        string value)
    {
        var tag = union.Discriminator!;
        var enumeration = CSharpType.Qualified(context.Types.Type(tag.Type));
        writer.Line("/// <inheritdoc/>");
        var property = context.Members.Property(union, tag);
        writer.Line($"public override {csharp.Of(tag)} {property} => {enumeration}.{value};");
    }
}
