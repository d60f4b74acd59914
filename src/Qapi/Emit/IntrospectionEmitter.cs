using Qapi.Introspection;

namespace Qapi.Emit;

/// <summary>Writes the reply to <c>query-qmp-schema</c>, byte for byte as QEMU would send it.</summary>
internal static class IntrospectionEmitter
{
    public static EmittedFile Emit(EmitContext context)
    {
        var options = context.Options;
        var writer = SourceFrame.Calls("the schema", options);
        DocWriter.Summary(writer, "The schema as its commands show it.");
        AttributeWriter.Type(writer);
        writer.Open($"public static class {context.Api.Schema}");
        var always = new HashSet<string>(options.Conditions);
        always.ExceptWith(options.Switches);
        List(writer, context, always, "", "");
        if (options.Switches.Count > 0)
            List(writer, context, options.Conditions, "Full", $" With {string.Join(", ", options.Switches)}.");
        writer.Close();
        return new EmittedFile("Api.Schema.g.cs", writer.ToString());
    }

    private static void List(SourceWriter writer, EmitContext context, ISet<string> conditions, string prefix,
        string remark)
    {
        var list = Introspector.List(context.Schema, conditions);
        DocWriter.Summary(writer,
            $"What <c>query-qmp-schema</c> returns: UTF-8, types masked, members in QEMU's order.{remark}");
        writer.Line($"public static global::System.ReadOnlySpan<byte> {prefix}Json =>");
        writer.Indent();
        for (var i = 0; i < list.Count; i++)
        {
            var last = i + 1 == list.Count;
            var text = (i == 0 ? "[" : "") + Entity(list[i]) + (last ? "]" : ", ");
            writer.Line((i == 0 ? "" : "+ ") + CSharpLiteral.Utf8(text) + (last ? ";" : ""));
        }
        if (list.Count == 0)
            writer.Line(CSharpLiteral.Utf8("[]") + ";");
        writer.Outdent();
        writer.Gap();
        DocWriter.Summary(writer, $"The names of all commands, in the order of the schema.{remark}");
        writer.Line($"public static generic::IReadOnlyList<string> {prefix}CommandNames {{ get; }} =");
        writer.Line("[");
        foreach (var command in list.OfType<SchemaInfo.Command>())
            writer.Line($"    {CSharpLiteral.Text(command.Name)},");
        writer.Line("];");
        writer.Gap();
    }

    private static string Entity(SchemaInfo info)
    {
        List<(string, string?)> members =
        [
            ("name", QmpJson.Text(info.Name)),
            ("meta-type", QmpJson.Text(info.MetaType)),
            ("features", Features(info.Features)),
        ];
        members.AddRange(info switch
        {
            SchemaInfo.Builtin builtin => [("json-type", QmpJson.Text(builtin.JsonType))],
            SchemaInfo.Enum type =>
            [
                ("members", QmpJson.List(type.Values.Select(Value))),
                ("values", QmpJson.List(type.Values.Select(value => QmpJson.Text(value.Name)))),
            ],
            SchemaInfo.Array array => [("element-type", QmpJson.Text(array.ElementType))],
            SchemaInfo.Object type => Object(type),
            SchemaInfo.Alternate alternate =>
                [("members", QmpJson.List(alternate.MemberTypes.Select(AlternateMember)))],
            SchemaInfo.Command command =>
            [
                ("arg-type", QmpJson.Text(command.ArgType)),
                ("ret-type", QmpJson.Text(command.RetType)),
                ("allow-oob", command.AllowOob ? "true" : null),
            ],
            SchemaInfo.Event @event => [("arg-type", QmpJson.Text(@event.ArgType))],
            _ => (IEnumerable<(string, string?)>)[],
        });
        return QmpJson.Object([.. members]);
    }

    private static IEnumerable<(string, string?)> Object(SchemaInfo.Object type) =>
    [
        ("members", QmpJson.List(type.Members.Select(Member))),
        ("tag", type.Tag is null ? null : QmpJson.Text(type.Tag)),
        ("variants", type.Tag is null ? null : QmpJson.List(type.Variants.Select(Variant))),
    ];

    private static string Value(SchemaInfo.Value value) =>
        QmpJson.Object(("name", QmpJson.Text(value.Name)), ("features", Features(value.Features)));

    private static string Member(SchemaInfo.Member member) => QmpJson.Object(
        ("name", QmpJson.Text(member.Name)),
        ("type", QmpJson.Text(member.Type)),
        ("default", member.IsOptional ? "null" : null),
        ("features", Features(member.Features)));

    private static string AlternateMember(string type) => QmpJson.Object(("type", QmpJson.Text(type)));

    private static string Variant(SchemaInfo.Variant variant) =>
        QmpJson.Object(("case", QmpJson.Text(variant.Case)), ("type", QmpJson.Text(variant.Type)));

    private static string? Features(IReadOnlyList<string> features) =>
        features.Count == 0 ? null : QmpJson.List(features.Select(QmpJson.Text));
}
