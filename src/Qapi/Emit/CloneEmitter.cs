using Qapi.Model;

namespace Qapi.Emit;

/// <summary>Writes how a value is copied so that nothing that can change is shared.</summary>
internal sealed class CloneEmitter(SourceWriter writer, EmitContext context)
{
    private const string Helper = "types::" + NameTable.Copy;
    private const string Summary = "A copy that shares nothing with this value that can change.";

    /// <summary>The copy of a record that stands alone.</summary>
    public void Record(string name, ObjectType? type, IEnumerable<ObjectMember> members)
    {
        writer.Gap();
        DocWriter.Summary(writer, Summary);
        Body($"public {name}", Members(type, members).Append(Bag));
    }

    /// <summary>The declaration in the base of branches.</summary>
    public void Base(string name)
    {
        writer.Gap();
        DocWriter.Summary(writer, Summary);
        writer.Line($"public abstract {name} {MemberNames.DeepClone}();");
    }

    /// <summary>The copy of a union's branch.</summary>
    /// <param name="union">The union.</param>
    /// <param name="value">The type of the branch's own members; null if it has none.</param>
    public void Branch(ObjectType union, ObjectType? value)
    {
        var members = context.MembersOf(union).Where(member => member != union.Discriminator);
        var own = value is null ? [] : (IEnumerable<string>)[Set(MemberNames.Value, value)];
        Override(context.Types.Type(union), [.. Members(union, members), .. own, Bag]);
    }

    /// <summary>The copy of an alternate's branch; null for one without anything to copy.</summary>
    public void Branch(AlternateType alternate, SchemaType? value) =>
        Override(context.Types.Type(alternate),
            value is null || IsImmutable(value) ? [] : [Set(MemberNames.Value, value)]);

    private static string Bag => $"{MemberNames.Extension} = {Helper}.Of({MemberNames.Extension})";

    private IEnumerable<string> Members(ObjectType? type, IEnumerable<ObjectMember> members) =>
        from member in members
        where !IsImmutable(member.Type)
        let property = context.Members.Property(type!, member)
        select member switch
        {
            _ when !context.IsOptional(member) => Set(property, member.Type),
            { Type: BuiltinType or ArrayType } => $"{property} = {property} is null ? null : {Copy(member.Type, property)}",
            _ => $"{property} = {property}?.{MemberNames.DeepClone}()",
        };

    private void Override(string type, IReadOnlyList<string> changes)
    {
        writer.Gap();
        writer.Line("/// <inheritdoc/>");
        Body($"public override {type}", changes);
    }

    private void Body(string head, IEnumerable<string> changes)
    {
        var lines = changes.ToList();
        if (lines.Count == 0)
        {
            writer.Line($"{head} {MemberNames.DeepClone}() => this;");
            return;
        }
        writer.Line($"{head} {MemberNames.DeepClone}() => this with");
        writer.Open();
        foreach (var line in lines)
            writer.Line(line + ",");
        writer.Close(";");
    }

    private static string Set(string property, SchemaType type) => $"{property} = {Copy(type, property)}";

    private static bool IsImmutable(SchemaType type) => type is EnumType or BuiltinType { Name: not "any" };

    private static string Copy(SchemaType type, string value) => type switch
    {
        BuiltinType => $"{Helper}.Of({value})",
        ArrayType { ElementType: var element } when IsImmutable(element) => $"{Helper}.Of({value})",
        ArrayType => $"{Helper}.Of({value}, static item => item.{MemberNames.DeepClone}())",
        _ => $"{value}.{MemberNames.DeepClone}()",
    };
}
