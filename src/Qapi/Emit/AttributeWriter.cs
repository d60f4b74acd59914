using Qapi.Model;

namespace Qapi.Emit;

/// <summary>Attributes of generated code.</summary>
internal static class AttributeWriter
{
    /// <summary>Who wrote it, in that mark.</summary>
    public const string Generator = "Qapi.Generators";

    private const string Generated =
        "[global::System.CodeDom.Compiler.GeneratedCode(\"" + Generator + "\", \"1.0\")]";

    /// <summary>The mark of a generated type.</summary>
    public static void Type(SourceWriter writer) => writer.Line(Generated);

    /// <summary>What is <c>deprecated</c> is obsolete in C#, what is <c>unstable</c> experimental.</summary>
    public static void Features(SourceWriter writer, EmitContext context, IReadOnlyList<Feature> features)
    {
        if (context.Find(features, Feature.Deprecated) is { } deprecated)
        {
            var reason = DocWriter.FirstParagraph(deprecated.Documentation);
            if (reason.Length == 0)
                reason = "Deprecated by the schema.";
            writer.Line($"[global::System.Obsolete({CSharpLiteral.Text(reason)})]");
        }
        if (context.Find(features, Feature.Unstable) is not null)
            writer.Line("[global::System.Diagnostics.CodeAnalysis.Experimental("
                + $"{CSharpLiteral.Text(EmitOptions.UnstableId)})]");
    }
}
