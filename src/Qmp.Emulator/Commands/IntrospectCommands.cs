using Newtonsoft.Json.Linq;
using Qmp.Api;
using Qmp.Protocol.Json;
using Qmp.Protocol.Visitors;
using Qmp.Types;

namespace Qmp.Emulator.Commands;

/// <summary>The commands of introspect.json.</summary>
internal sealed class IntrospectCommands : IIntrospectCommands
{
    private const string Deprecated = "deprecated";

    private readonly Lazy<IReadOnlyList<SchemaInfo>> _schema;

    public IntrospectCommands(Protocol.Visitors.CompatPolicy policy) =>
        _schema = new(() => policy.DeprecatedOutput == Protocol.Visitors.CompatPolicyOutput.Hide
            ? [.. Read(policy.Variant!.Value).Where(info => !IsDeprecated(info.Features)).Select(WithoutDeprecatedMembers)]
            : Read(policy.Variant!.Value));

    public ValueTask<IReadOnlyList<SchemaInfo>> QueryQmpSchemaAsync(
        QueryQmpSchemaArguments arguments, CancellationToken cancellationToken) => new(_schema.Value);

    private static List<SchemaInfo> Read(SchemaVariant variant)
    {
        using var reader = new QmpJsonReader(QmpSchema.Json(variant));
        var visitor = new JsonInputVisitor();
        visitor.Reset(JArray.Load(reader));
        var schema = new List<SchemaInfo>();
        visitor.StartList(null);
        while (visitor.NextElement()) schema.Add(SchemaInfoVisitor.Read(visitor, null));
        visitor.EndList();
        return schema;
    }

    // Values of enums stay, whatever the policy.
    private static SchemaInfo WithoutDeprecatedMembers(SchemaInfo info) => info is SchemaInfo.Object type
        ? type with
        {
            Value = type.Value with { Members = [.. type.Value.Members.Where(m => !IsDeprecated(m.Features))] },
        }
        : info;

    private static bool IsDeprecated(IReadOnlyList<string>? features) => features?.Contains(Deprecated) == true;
}
