using Newtonsoft.Json.Linq;
using Qmp.Api;
using Qmp.Protocol.Json;
using Qmp.Protocol.Visitors;
using Qmp.Types;

namespace Qmp.Emulator.Commands;

/// <summary>The commands of introspect.json.</summary>
internal sealed class IntrospectCommands : IIntrospectCommands
{
    private readonly Lazy<IReadOnlyList<SchemaInfo>> _schema = new(Read);

    public ValueTask<IReadOnlyList<SchemaInfo>> QueryQmpSchemaAsync(
        QueryQmpSchemaArguments arguments, CancellationToken cancellationToken) => new(_schema.Value);

    private static IReadOnlyList<SchemaInfo> Read()
    {
        using var reader = new QmpJsonReader(QmpSchema.Json);
        var visitor = new JsonInputVisitor();
        visitor.Reset(JArray.Load(reader));
        var schema = new List<SchemaInfo>();
        visitor.StartList(null);
        while (visitor.NextElement()) schema.Add(SchemaInfoVisitor.Read(visitor, null));
        visitor.EndList();
        return schema;
    }
}
