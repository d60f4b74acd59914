using Qapi.Model;

namespace Qapi.Emit;

/// <summary>Writes the reader and writer of a struct or of a call's own record.</summary>
internal static class StructVisitorEmitter
{
    public static void Write(SourceWriter writer, EmitContext context, string typeName, ObjectType? type)
    {
        var name = CSharpType.Qualified(typeName);
        var members = context.MembersOf(type);
        var code = new MemberCode(writer, context);
        VisitorFrame.Open(writer, context.Api.VisitorOf(typeName), name);
        VisitorFrame.ReadObject(writer, name);
        ReadMembers(writer, context, code, name, type, members);
        writer.Gap();
        VisitorFrame.WriteDoc(writer);
        writer.Open(VisitorFrame.WriteHeader(name));
        var slots = members.Select(member =>
            new MemberSlot(member, $"value.{context.Members.Property(type!, member)}"));
        code.Write([.. slots], $"value.{MemberNames.Extension}");
        writer.Close();
        writer.Close();
    }

    private static void ReadMembers(SourceWriter writer, EmitContext context, MemberCode code, string name,
        ObjectType? type, IReadOnlyList<ObjectMember> members)
    {
        writer.Line(VisitorFrame.ReadMembersHeader(name) + " =>");
        writer.Indent();
        if (members.Count == 0)
        {
            writer.Line("new();");
            writer.Outdent();
            return;
        }
        writer.Open("new()");
        foreach (var member in members)
            writer.Line($"{context.Members.Property(type!, member)} = {code.Read(member)},");
        writer.Close(";");
        writer.Outdent();
    }
}
