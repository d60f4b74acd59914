using Qapi.Model;

namespace Qapi.Emit;

/// <summary>Writes the reader and writer of an enum.</summary>
internal static class EnumVisitorEmitter
{
    public static void Write(SourceWriter writer, EmitContext context, EnumType type)
    {
        var name = CSharpType.Qualified(context.Types.Type(type));
        VisitorFrame.Open(writer, context.Api.Visitor(type), name);
        Names(writer, context, type);
        writer.Gap();
        VisitorFrame.ReadDoc(writer);
        writer.Line($"{VisitorFrame.ReadHeader(name)} =>");
        writer.Line($"    ({name})visitor.ReadEnum(name, Names);");
        writer.Gap();
        VisitorFrame.WriteDoc(writer);
        writer.Lines($"{VisitorFrame.WriteHeader(name)} =>");
        var extensions = CSharpType.Qualified(context.Types.Extensions(type));
        writer.Line($"    visitor.WriteEnum(name, {extensions}.ToWireName(value));");
        writer.Gap();
        writer.Lines($$"""
            internal static {{name}} ReadMember(
                visitors::InputVisitor visitor, string name, ref json::JObject? unknown)
            {
                var value = Read(visitor, name);
                if (value == {{name}}.Unrecognized)
                    {{ApiNames.Support}}.Keep(ref unknown, name, visitor.ReadString(name));
                return value;
            }
            """);
        if (context.Schema.Find(ArrayType.NameFor(type.Name)) is ArrayType array && context.IsUsed(array))
        {
            writer.Gap();
            writer.Lines($$"""
                internal static generic::IReadOnlyList<{{name}}> ReadListMember(
                    visitors::InputVisitor visitor, string name, ref json::JObject? unknown)
                {
                    var list = {{ApiNames.Support}}.ReadList<{{name}}>(visitor, name, Read);
                    if ({{ApiNames.Support}}.Contains(list, {{name}}.Unrecognized))
                        {{ApiNames.Support}}.Keep(ref unknown, name, visitor.ReadAny(name));
                    return list;
                }
                """);
        }
        writer.Close();
    }

    private static void Names(SourceWriter writer, EmitContext context, EnumType type)
    {
        var values = context.ValuesOf(type);
        writer.Line("private static readonly visitors::EnumNames Names = new(");
        writer.Line($"    {CSharpLiteral.Text(type.Name)},");
        writer.Line("    [");
        foreach (var value in values)
            writer.Line($"        {CSharpLiteral.Text(value.Name)},");
        var features = values.Select(value => context.SpecialFeatures(value)).ToList();
        if (features.TrueForAll(feature => feature == EmitContext.NoSpecialFeatures))
        {
            writer.Line("    ]);");
            return;
        }
        writer.Line("    ],");
        writer.Line("    [");
        foreach (var feature in features)
            writer.Line($"        {feature},");
        writer.Line("    ]);");
    }
}
