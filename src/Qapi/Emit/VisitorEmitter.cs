using Qapi.Model;

namespace Qapi.Emit;

/// <summary>Writes the readers and writers of a module's types.</summary>
internal static class VisitorEmitter
{
    public static EmittedFile Support(EmitContext context)
    {
        var writer = SourceFrame.Visitors("the schema", context.Options);
        writer.Lines(ApiSupport.VisitorsText);
        return new EmittedFile("Visitors.Support.g.cs", writer.ToString());
    }

    public static EmittedFile? Module(EmitContext context, SchemaModule module)
    {
        var writer = SourceFrame.Visitors(module.Name, context.Options);
        var any = false;
        foreach (var entity in module.Entities.Where(context.IsWritten))
        {
            if (!Entity(writer, context, entity))
                continue;
            writer.Gap();
            any = true;
        }
        var name = $"Visitors.{context.Types.Module(module)}.g.cs";
        return any ? new EmittedFile(name, writer.ToString()) : null;
    }

    private static bool Entity(SourceWriter writer, EmitContext context, SchemaEntity entity)
    {
        switch (entity)
        {
            case EnumType type:
                EnumVisitorEmitter.Write(writer, context, type);
                return true;
            case ObjectType { IsUnion: true } type:
                new UnionVisitorEmitter(writer, context).Write(type);
                return true;
            case ObjectType type:
                StructVisitorEmitter.Write(writer, context, context.Types.Type(type), type);
                return true;
            case AlternateType type:
                new AlternateVisitorEmitter(writer, context).Write(type);
                return true;
            case Command or Event when context.Types.Call(entity) is { IsOwn: true } call:
                StructVisitorEmitter.Write(writer, context, call.TypeName, call.Type);
                return true;
            default:
                return false;
        }
    }
}
