using Qapi.Model;

namespace Qapi.Emit;

/// <summary>Writes the types of a schema, one file a module.</summary>
internal static class TypesEmitter
{
    public static IEnumerable<EmittedFile> Emit(EmitContext context)
    {
        var support = SourceFrame.Types("the schema", context.Options);
        support.Lines(TypesSupport.EqualityText);
        support.Gap();
        support.Lines(TypesSupport.CopyText);
        yield return new EmittedFile("Types.Support.g.cs", support.ToString());
        foreach (var module in context.Schema.Modules)
        {
            var writer = SourceFrame.Types(module.Name, context.Options);
            if (Module(writer, context, module))
                yield return new EmittedFile($"Types.{context.Types.Module(module)}.g.cs", writer.ToString());
        }
    }

    private static bool Module(SourceWriter writer, EmitContext context, SchemaModule module)
    {
        var any = false;
        foreach (var entity in module.Entities.Where(context.IsWritten))
        {
            if (!Entity(writer, context, entity))
                continue;
            writer.Gap();
            any = true;
        }
        return any;
    }

    private static bool Entity(SourceWriter writer, EmitContext context, SchemaEntity entity)
    {
        switch (entity)
        {
            case EnumType type:
                EnumEmitter.Write(writer, context, type);
                return true;
            case BuiltinType:
                writer.Lines(TypesSupport.NullText);
                return true;
            case ObjectType { IsUnion: true } type:
                UnionEmitter.Write(writer, context, type);
                return true;
            case ObjectType type:
                StructEmitter.Write(writer, context, type);
                return true;
            case AlternateType type:
                AlternateEmitter.Write(writer, context, type);
                return true;
            case Command or Event when context.Types.Call(entity).IsOwn:
                StructEmitter.WriteCall(writer, context, entity);
                return true;
            default:
                return false;
        }
    }
}
