using Qapi.Introspection;
using Qapi.Model;

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
        if (options.Switches.Count == 0)
            One(writer, context);
        else
            Several(writer, context);
        writer.Close();
        return new EmittedFile("Api.Schema.g.cs", writer.ToString());
    }

    /// <summary>The schema of a program without switches.</summary>
    private static void One(SourceWriter writer, EmitContext context)
    {
        var list = Introspector.List(context.Schema, context.Options.Conditions);
        DocWriter.Summary(writer,
            "What <c>query-qmp-schema</c> returns: UTF-8, types masked, members in QEMU's order.");
        writer.Line("public static global::System.ReadOnlySpan<byte> Json =>");
        Text(writer, list.Count == 0
            ? ["[]"]
            : [.. list.Select((info, i) =>
                (i == 0 ? "[" : "") + Entity(info) + (i + 1 == list.Count ? "]" : ", "))]);
        writer.Gap();
        DocWriter.Summary(writer, "The names of all commands, in the order of the schema.");
        writer.Line("public static generic::IReadOnlyList<string> CommandNames { get; } =");
        writer.Line("[");
        foreach (var command in list.OfType<SchemaInfo.Command>())
            writer.Line($"    {CSharpLiteral.Text(command.Name)},");
        writer.Line("];");
        writer.Gap();
    }

    /// <summary>The schema in all its variants: each entry once, and in which of them it is.</summary>
    private static void Several(SourceWriter writer, EmitContext context)
    {
        var (texts, variants) = Entries(context);
        var ends = new List<int>();
        foreach (var text in texts)
            ends.Add((ends.Count == 0 ? 0 : ends[ends.Count - 1]) + System.Text.Encoding.UTF8.GetByteCount(text));

        DocWriter.Summary(writer, "The names of the switches, in their order.");
        writer.Line("public static generic::IReadOnlyList<string> Switches { get; } =");
        writer.Line($"    [{string.Join(", ", context.Options.Switches.Select(CSharpLiteral.Text))}];");
        writer.Gap();
        DocWriter.Summary(writer, "The variant of the schema in which those switches are on.");
        writer.Line("public static visitors::SchemaVariant VariantOf(params string[] on) =>");
        writer.Line("    visitors::SchemaVariant.Of(Switches, on);");
        writer.Gap();
        DocWriter.Summary(writer,
            "What <c>query-qmp-schema</c> returns: UTF-8, types masked, members in QEMU's order.");
        writer.Line("public static byte[] Json(visitors::SchemaVariant variant) =>");
        writer.Line("    visitors::IntrospectionList.Of(Entries, Ends, Variants, variant);");
        writer.Gap();
        DocWriter.Summary(writer,
            "The names of all commands of all variants, in the order of the schema, and what may be done with them.");
        writer.Line("public static generic::IReadOnlyList<(string Name, visitors::SpecialFeatures Features)> "
            + "CommandNames { get; } =");
        writer.Line("[");
        foreach (var command in context.Schema.Modules.SelectMany(module => module.Entities).OfType<Command>())
        {
            if (context.IsOn(command))
                writer.Line($"    ({CSharpLiteral.Text(command.Name)}, {context.SpecialFeatures(command)}),");
        }
        writer.Line("];");
        writer.Gap();
        writer.Line("private static global::System.ReadOnlySpan<byte> Entries =>");
        Text(writer, texts);
        writer.Gap();
        Numbers(writer, "int", "Ends", ends);
        Numbers(writer, "ushort", "Variants", variants);
    }

    /// <summary>
    /// Entries as texts, and the bits of the variants that each is in. An entry that looks different from variant to
    /// variant is there several times. Masked names are the same in all of them.
    /// </summary>
    private static (List<string> Texts, List<int> Variants) Entries(EmitContext context)
    {
        var places = new Dictionary<string, List<(string Text, int Bits)>>();
        var order = new List<List<(string Text, int Bits)>>();
        for (var variant = 0; variant < context.Variants.Defined.Count; variant++)
        {
            var place = 0;
            foreach (var info in Introspector.List(context.Schema, context.Variants.Defined[variant]))
            {
                if (!places.TryGetValue(info.Name, out var forms))
                {
                    places.Add(info.Name, forms = []);
                    order.Insert(place, forms);
                }
                place = order.IndexOf(forms, Math.Max(place - 1, 0)) + 1;
                var text = Entity(info);
                var known = forms.FindIndex(form => form.Text == text);
                if (known < 0)
                    forms.Add((text, 1 << variant));
                else
                    forms[known] = (text, forms[known].Bits | 1 << variant);
            }
        }
        var all = order.SelectMany(forms => forms).ToList();
        return ([.. all.Select(form => form.Text)], [.. all.Select(form => form.Bits)]);
    }

    private static void Text(SourceWriter writer, IReadOnlyList<string> parts)
    {
        writer.Indent();
        for (var i = 0; i < parts.Count; i++)
        {
            writer.Line((i == 0 ? "" : "+ ") + CSharpLiteral.Utf8(parts[i]) + (i + 1 == parts.Count ? ";" : ""));
        }
        writer.Outdent();
    }

    private static void Numbers(SourceWriter writer, string type, string name, IReadOnlyList<int> numbers)
    {
        const int PerLine = 16;
        writer.Line($"private static global::System.ReadOnlySpan<{type}> {name} =>");
        writer.Line("[");
        for (var i = 0; i < numbers.Count; i += PerLine)
            writer.Line($"    {string.Join(", ", numbers.Skip(i).Take(PerLine))},");
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
