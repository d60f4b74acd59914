using Qapi.Model;

namespace Qapi.Emit;

/// <summary>Writes the types of a schema, one file a module.</summary>
internal static class TypesEmitter
{
    public static IEnumerable<EmittedFile> Emit(EmitContext context)
    {
        var space = context.Options.Namespace;
        var support = SourceFrame.Begin("the schema", space);
        support.Lines(TypesSupport.EqualityText);
        yield return new EmittedFile("Types.Support.g.cs", support.ToString());
        foreach (var module in context.Schema.Modules)
        {
            var writer = SourceFrame.Begin(module.Name, space);
            if (Module(writer, context, module))
                yield return new EmittedFile($"Types.{context.Types.Module(module)}.g.cs", writer.ToString());
        }
    }

    private static bool Module(SourceWriter writer, EmitContext context, SchemaModule module)
    {
        var any = false;
        foreach (var entity in module.Entities.Where(context.IsOn))
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
            case EnumType type when type.Origin is not null || context.IsUsed(type):
                EnumEmitter.Write(writer, context, type);
                return true;
            case BuiltinType { Name: "null" } type when context.IsUsed(type):
                writer.Lines(TypesSupport.NullText);
                return true;
            case ObjectType { IsUnion: true } type:
                UnionEmitter.Write(writer, context, type);
                return true;
            case ObjectType type when !type.IsImplicit || type == context.Schema.EmptyObject || IsBorrowed(context, type):
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

    /// <summary>An inline base can be named as a type; inline arguments are written with their call.</summary>
    private static bool IsBorrowed(EmitContext context, ObjectType type) =>
        context.IsUsed(type) && !type.Name.EndsWith("-arg", StringComparison.Ordinal);
}
