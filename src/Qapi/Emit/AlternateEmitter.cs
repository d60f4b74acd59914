using Qapi.Model;

namespace Qapi.Emit;

/// <summary>Writes an alternate: an abstract record, and in it one sealed record for each branch.</summary>
internal static class AlternateEmitter
{
    public static void Write(SourceWriter writer, EmitContext context, AlternateType type)
    {
        var name = context.Types.Type(type);
        var nested = new HashSet<string>(context.Members.NestedIn(type));
        var csharp = new CSharpType(context.Types, nested);
        var body = new RecordBody(writer, context, csharp);

        DocWriter.Entity(writer, type, $"Alternate <c>{type.Name}</c>.");
        AttributeWriter.Type(writer);
        writer.Open($"public abstract record {name}");
        writer.Open($"private {name}()");
        writer.Close();
        foreach (var branch in context.BranchesOf(type))
        {
            writer.Gap();
            DocWriter.Member(writer, branch, $"Branch <c>{branch.Name}</c>.");
            Branch(writer, body, csharp, name, context.Members.Branch(type, branch), branch.Type);
        }
        if (context.BranchesOf(type).Any(branch => branch.Type is EnumType))
        {
            writer.Gap();
            DocWriter.Summary(writer, "A text that this schema does not know. Only tolerant readers yield it.");
            writer.Line($"/// <param name=\"{MemberNames.WireName}\">The text.</param>");
            writer.Line($"public sealed record {MemberNames.Unrecognized}(string {MemberNames.WireName}) : {name};");
        }
        writer.Close();
    }

    private static void Branch(SourceWriter writer, RecordBody body, CSharpType csharp, string name, string branch,
        SchemaType type)
    {
        if (type is BuiltinType { Name: "null" })
        {
            writer.Line($"public sealed record {branch} : {name};");
            return;
        }
        writer.Line($"/// <param name=\"{MemberNames.Value}\">The value.</param>");
        var header = $"public sealed record {branch}({csharp.Of(type)} {MemberNames.Value}) : {name}";
        if (type is not ArrayType)
        {
            writer.Line(header + ";");
            return;
        }
        writer.Open(header);
        body.ListEquality(branch);
        writer.Close();
    }
}
