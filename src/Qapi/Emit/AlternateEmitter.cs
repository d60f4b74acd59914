using Qapi.Model;

namespace Qapi.Emit;

/// <summary>Writes an alternate: an abstract record, and in it one sealed record for each branch.</summary>
internal static class AlternateEmitter
{
    public static void Write(SourceWriter writer, EmitContext context, AlternateType type)
    {
        var name = context.Types.Type(type);
        var nested = new HashSet<string>(context.Members.NestedIn(type));
        var csharp = new CSharpType(context, nested);
        var body = new RecordBody(writer, context, csharp);

        DocWriter.Entity(writer, type, $"Alternate <c>{type.Name}</c>.");
        AttributeWriter.Type(writer);
        writer.Open($"public abstract record {name}");
        writer.Open($"private {name}()");
        writer.Close();
        var clone = new CloneEmitter(writer, context);
        clone.Base(name);
        foreach (var branch in context.BranchesOf(type))
        {
            writer.Gap();
            DocWriter.Member(writer, branch, $"Branch <c>{branch.Name}</c>.");
            Branch(context.Members.Branch(type, branch), branch.Type);
        }
        if (context.BranchesOf(type).Any(branch => branch.Type is EnumType))
        {
            writer.Gap();
            DocWriter.Summary(writer, "A text that this schema does not know. Only tolerant readers yield it.");
            writer.Line($"/// <param name=\"{MemberNames.WireName}\">The text.</param>");
            writer.Open($"public sealed record {MemberNames.Unrecognized}(string {MemberNames.WireName}) : {name}");
            clone.Branch(type, value: null);
            writer.Close();
        }
        writer.Close();

        void Branch(string branch, SchemaType value)
        {
            var isNull = value is BuiltinType { Name: "null" };
            if (!isNull)
                writer.Line($"/// <param name=\"{MemberNames.Value}\">The value.</param>");
            writer.Open($"public sealed record {branch}{(isNull ? "" : $"({csharp.Of(value)} {MemberNames.Value})")} : {name}");
            if (value is ArrayType)
                body.ListEquality(branch);
            clone.Branch(type, isNull ? null : value);
            writer.Close();
        }
    }
}
