using Qapi.Model;

namespace Qapi.Emit;

/// <summary>Properties of records, and equality by value where the compiler's own would compare references.</summary>
internal sealed class RecordBody(SourceWriter writer, EmitContext context, CSharpType csharp)
{
    private const string Helper = "types::" + NameTable.Equality;

    /// <summary>A property for a member; one that is mandatory in all variants must be set.</summary>
    public void Property(ObjectType owner, ObjectMember member)
    {
        DocWriter.Member(writer, member, $"Member <c>{member.Name}</c>.");
        AttributeWriter.Features(writer, context, member.Features);
        var modifier = context.IsOptional(member) ? "" : "required ";
        writer.Line($"public {modifier}{csharp.Of(member)} {context.Members.Property(owner, member)} {{ get; init; }}");
        writer.Gap();
    }

    /// <summary>The bag of what the schema does not know.</summary>
    public void ExtensionProperty()
    {
        DocWriter.Summary(writer,
            "Members and enum texts that this schema does not know, by wire name; null if there are none.");
        writer.Line($"public {CSharpType.Bag}? {MemberNames.Extension} {{ get; init; }}");
    }

    /// <summary>Equality of a record that stands alone, or of the base of branches.</summary>
    public void Equality(string name, ObjectType? type, IEnumerable<ObjectMember> members, bool isBase)
    {
        var fields = members.Where(member => member.Type is not BuiltinType { Name: "null" } || context.IsOptional(member))
            .Select(member => (member, property: context.Members.Property(type!, member))).ToList();
        var terms = fields.Select(field => Same(field.member, field.property)).ToList();
        if (isBase)
            terms.Insert(0, "EqualityContract == other.EqualityContract");
        terms.Add($"{Helper}.Same({MemberNames.Extension}, other.{MemberNames.Extension})");
        Equals($"public {(isBase ? "virtual " : "")}bool Equals({name}? other)",
            ["(object)this == other || other is not null", .. terms]);

        var parts = fields.Select(field => Hashed(field.member.Type, field.property)).ToList();
        if (isBase)
            parts.Insert(0, "EqualityContract");
        parts.Add($"{Helper}.Hash({MemberNames.Extension})");
        GetHashCode(parts);
    }

    /// <summary>Equality of a branch whose value is a list.</summary>
    public void ListEquality(string name)
    {
        Equals($"public bool Equals({name}? other)",
            ["base.Equals(other)", $"{Helper}.Same({MemberNames.Value}, other.{MemberNames.Value})"]);
        GetHashCode(["base.GetHashCode()", $"{Helper}.Hash({MemberNames.Value})"]);
    }

    private void Equals(string header, List<string> terms)
    {
        writer.Gap();
        writer.Line("/// <inheritdoc/>");
        writer.Line(header + " =>");
        writer.Indent();
        writer.Line(terms[0]);
        for (var i = 1; i < terms.Count; i++)
            writer.Line($"&& {terms[i]}{(i + 1 == terms.Count ? ";" : "")}");
        writer.Outdent();
    }

    private void GetHashCode(List<string> parts)
    {
        writer.Gap();
        writer.Line("/// <inheritdoc/>");
        writer.Open("public override int GetHashCode()");
        writer.Line("var hash = new global::System.HashCode();");
        foreach (var part in parts)
            writer.Line($"hash.Add({part});");
        writer.Line("return hash.ToHashCode();");
        writer.Close();
    }

    private string Same(ObjectMember member, string property) => member.Type switch
    {
        ArrayType or BuiltinType { Name: "any" } => $"{Helper}.Same({property}, other.{property})",
        BuiltinType { Name: "number" } when context.IsOptional(member) =>
            $"global::System.Nullable.Equals({property}, other.{property})",
        BuiltinType { Name: "number" } => $"{property}.Equals(other.{property})",
        _ => $"{property} == other.{property}",
    };

    private string Hashed(SchemaType type, string property) =>
        type is ArrayType or BuiltinType { Name: "any" } ? $"{Helper}.Hash({property})" : property;
}
