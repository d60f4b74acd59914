namespace Qapi.Emit;

/// <summary>Writes the C# code of a schema: the same text for the same schema, in the generator and in the tool.</summary>
internal static class SchemaEmitter
{
    /// <summary>All files, in the order of the schema's modules.</summary>
    public static IReadOnlyList<EmittedFile> Emit(QapiSchema schema, EmitOptions options)
    {
        var context = new EmitContext(schema, options);
        var files = new List<EmittedFile>();
        if (options.Parts.HasFlag(EmitParts.Types))
            files.AddRange(TypesEmitter.Emit(context));
        if ((options.Parts & EmitParts.Api) != EmitParts.None)
            files.AddRange(ApiEmitter.Emit(context));
        if (options.Parts.HasFlag(EmitParts.StreamJsonRpc))
            files.AddRange(new RpcEmitter(context).Emit());
        return files;
    }
}
