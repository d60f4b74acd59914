using Qapi.Model;

namespace Qapi.Emit;

/// <summary>Writes a record: a struct with its base's members, arguments of a command, data of an event.</summary>
internal static class StructEmitter
{
    public static void Write(SourceWriter writer, EmitContext context, ObjectType type)
    {
        DocWriter.Entity(writer, type, $"Struct <c>{type.Name}</c>.");
        Body(writer, context, context.Types.Type(type), type);
    }

    /// <summary>The record of a command or event whose members the schema gives no name.</summary>
    public static void WriteCall(SourceWriter writer, EmitContext context, SchemaEntity call)
    {
        DocWriter.Summary(writer, call is Command
            ? $"Arguments of the command <c>{call.Name}</c>."
            : $"Data of the event <c>{call.Name}</c>.");
        var shape = context.Types.Call(call);
        Body(writer, context, shape.TypeName, shape.Type);
    }

    private static void Body(SourceWriter writer, EmitContext context, string name, ObjectType? type)
    {
        var body = new RecordBody(writer, context, new CSharpType(context, new HashSet<string>()));
        var members = context.MembersOf(type);
        AttributeWriter.Type(writer);
        writer.Open($"public sealed record {name}");
        foreach (var member in members)
            body.Property(type!, member);
        body.ExtensionProperty();
        body.Equality(name, type, members, isBase: false);
        new CloneEmitter(writer, context).Record(name, type, members);
        writer.Close();
    }
}
