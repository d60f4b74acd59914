using Qapi.Model;

namespace Qapi.Emit;

/// <summary>Writes an enum, numbered as the schema lists the values that are on, with its wire names.</summary>
internal static class EnumEmitter
{
    public static void Write(SourceWriter writer, EmitContext context, EnumType type)
    {
        var name = context.Types.Type(type);
        var values = context.ValuesOf(type)
            .Select(value => (value, name: context.Members.EnumValue(type, value.Name))).ToList();

        DocWriter.Entity(writer, type, $"Enum <c>{type.Name}</c>.");
        AttributeWriter.Type(writer);
        writer.Open($"public enum {name}");
        DocWriter.Summary(writer, "A value that this schema does not know. Only tolerant readers yield it.");
        writer.Line($"{MemberNames.Unrecognized} = -1,");
        for (var i = 0; i < values.Count; i++)
        {
            writer.Gap();
            DocWriter.Member(writer, values[i].value, $"Value <c>{values[i].value.Name}</c>.");
            AttributeWriter.Features(writer, context, values[i].value.Features);
            writer.Line($"{values[i].name} = {i},");
        }
        writer.Close();
        writer.Gap();

        DocWriter.Summary(writer, $"The names on the wire of <see cref=\"{name}\"/>.");
        AttributeWriter.Type(writer);
        writer.Open($"public static class {context.Types.Extensions(type)}");
        DocWriter.Summary(writer, "The value's name on the wire.");
        writer.Line("/// <exception cref=\"global::System.ArgumentOutOfRangeException\">The value has no wire name.</exception>");
        writer.Line($"public static string ToWireName(this {name} value) => value switch");
        writer.Line("{");
        writer.Indent();
        foreach (var (value, member) in values)
            writer.Line($"{name}.{member} => {CSharpLiteral.Text(value.Name)},");
        writer.Line("_ => throw new global::System.ArgumentOutOfRangeException(nameof(value)),");
        writer.Close(";");
        writer.Gap();

        DocWriter.Summary(writer, "Finds the value of that name; false if there is none.");
        writer.Open($"public static bool TryParse(string text, out {name} value)");
        writer.Line("value = text switch");
        writer.Line("{");
        writer.Indent();
        foreach (var (value, member) in values)
            writer.Line($"{CSharpLiteral.Text(value.Name)} => {name}.{member},");
        writer.Line($"_ => {name}.{MemberNames.Unrecognized},");
        writer.Close(";");
        writer.Line($"return value != {name}.{MemberNames.Unrecognized};");
        writer.Close();
        writer.Close();
    }
}
