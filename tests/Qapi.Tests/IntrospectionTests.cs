using Qapi.Introspection;

namespace Qapi.Tests;

/// <summary>What is listed, in which order and under which names.</summary>
public sealed class IntrospectionTests
{
    private const string Shapes = """
        { 'enum': 'Kind', 'data': [ 'round', { 'name': 'flat', 'if': 'FLAT' },
                                    { 'name': 'odd', 'features': [ 'deprecated' ] } ] }
        { 'struct': 'Named', 'data': { 'name': 'str', '*sizes': [ 'uint16' ] } }
        { 'struct': 'Root', 'base': 'Named', 'data': { 'kind': 'Kind' } }
        { 'struct': 'Circle', 'data': {
            'radius': { 'type': 'int', 'features': [ 'unstable', { 'name': 'exact', 'if': 'EXACT' } ] } } }
        { 'union': 'Shape', 'base': 'Root', 'discriminator': 'kind', 'data': { 'round': 'Circle' } }
        { 'struct': 'Unused', 'data': {} }
        """;

    private const string Draw = Shapes + "\n{ 'command': 'draw', 'data': { 'shapes': [ 'Shape' ] } }";

    [Test]
    public void Commands_and_events_come_first_then_types_as_they_are_mentioned() =>
        Assert.That(Names(Unmasked(Draw + "\n{ 'event': 'DRAWN', 'data': { 'by': 'any' } }")), Is.EqualTo((string[])
            ["draw", "DRAWN", "q_obj_draw-arg", "q_empty", "q_obj_DRAWN-arg", "[Shape]", "Shape", "any", "str", "[int]",
                "int", "Kind", "Circle"]));

    [Test]
    public void Masks_count_names_in_the_order_of_mention()
    {
        var list = Masked(Draw + "\n{ 'event': 'DRAWN' }");
        Assert.That(Names(list), Is.EqualTo((string[])
            ["draw", "DRAWN", "0", "1", "[2]", "2", "str", "[int]", "int", "3", "4"]));
        Assert.That(list[0], Is.EqualTo(new SchemaInfo.Command("draw", [], "0", "1", false)));
        Assert.That(((SchemaInfo.Event)list[1]).ArgType, Is.EqualTo("1"));
    }

    [Test]
    public void Masks_do_not_depend_on_conditions()
    {
        const string Text = """
            { 'command': 'off', 'if': 'OFF', 'data': { 'a': 'First' } }
            { 'command': 'on', 'data': { 'b': 'Second' } }
            { 'struct': 'First', 'data': {} }
            { 'struct': 'Second', 'data': {}, 'if': { 'not': 'OFF' } }
            """;
        Assert.That(Names(Masked(Text)), Is.EqualTo((string[])["on", "1", "2", "3", "4"]));
        Assert.That(Names(Masked(Text, "OFF")), Is.EqualTo((string[])["off", "on", "0", "1", "2", "3"]));
    }

    [Test]
    public void Union_is_flat_and_lists_empty_branches()
    {
        var shape = (SchemaInfo.Object)Unmasked(Draw, "FLAT").Single(info => info.Name == "Shape");
        Assert.That(shape.Members.Select(member => (member.Name, member.Type, member.IsOptional)),
            Is.EqualTo(((string, string, bool)[])
                [("name", "str", false), ("sizes", "[int]", true), ("kind", "Kind", false)]));
        Assert.That(shape.Tag, Is.EqualTo("kind"));
        Assert.That(shape.Variants, Is.EqualTo((SchemaInfo.Variant[])
            [new("round", "Circle"), new("flat", "q_empty"), new("odd", "q_empty")]));
    }

    [Test]
    public void Switched_off_values_variants_and_features_are_left_out()
    {
        var list = Unmasked(Draw);
        var kind = (SchemaInfo.Enum)list.Single(info => info.Name == "Kind");
        Assert.That(kind.Values.Select(value => value.Name), Is.EqualTo((string[])["round", "odd"]));
        var shape = (SchemaInfo.Object)list.Single(info => info.Name == "Shape");
        Assert.That(shape.Variants.Select(variant => variant.Case), Is.EqualTo((string[])["round", "odd"]));
        var circle = (SchemaInfo.Object)list.Single(info => info.Name == "Circle");
        Assert.That(circle.Members[0].Features, Is.EqualTo((string[])["unstable"]));
        circle = (SchemaInfo.Object)Unmasked(Draw, "EXACT").Single(info => info.Name == "Circle");
        Assert.That(circle.Members[0].Features, Is.EqualTo((string[])["unstable", "exact"]));
    }

    [Test]
    public void Deprecated_value_stays_and_shows_its_feature()
    {
        var kind = (SchemaInfo.Enum)Unmasked(Draw).Single(info => info.Name == "Kind");
        Assert.That(kind.Values[1].Features, Is.EqualTo((string[])["deprecated"]));
    }

    [Test]
    public void Alternate_lists_types_only()
    {
        const string Text = """
            { 'command': 'pick', 'data': { 'it': 'Either' } }
            { 'alternate': 'Either', 'data': { 'many': [ 'size' ], 'none': { 'type': 'null', 'if': 'NONE' } } }
            """;
        var either = (SchemaInfo.Alternate)Unmasked(Text).Single(info => info.Name == "Either");
        Assert.That(either.MemberTypes, Is.EqualTo((string[])["[int]"]));
        Assert.That(Names(Unmasked(Text)), Does.Contain("null"), "mentioned, though by nothing that is there");
    }

    [Test]
    public void Modules_follow_each_other()
    {
        var files = new MemoryFiles
        {
            ["schema.json"] = "{ 'include': 'a.json' }\n{ 'command': 'last-written' }",
            ["a.json"] = "{ 'command': 'first-written' }",
        };
        var schema = QapiSchema.Load(files, "schema.json").Schema!;
        Assert.That(Names(Introspector.List(schema, new HashSet<string>())),
            Is.EqualTo((string[])["last-written", "first-written", "0"]));
    }

    [Test]
    public void Json_has_the_members_of_query_qmp_schema()
    {
        const string Text = """
            { 'enum': 'Kind', 'data': [ 'a', { 'name': 'b', 'features': [ 'x' ] } ], 'features': [ 'y' ] }
            { 'union': 'Shape', 'base': { '*name': 'str', 'kind': 'Kind' }, 'discriminator': 'kind', 'data': {} }
            { 'command': 'draw', 'data': 'Shape', 'boxed': true, 'returns': [ 'Shape' ], 'allow-oob': true }
            """;
        Assert.That(SchemaInfoJson.Write(Masked(Text)), Is.EqualTo(
            """[{"name": "draw", "meta-type": "command", "arg-type": "0", "ret-type": "[0]", "allow-oob": true}, """
            + """{"name": "0", "meta-type": "object", "members": [{"name": "name", "type": "str", "default": null}, """
            + """{"name": "kind", "type": "1"}], "tag": "kind", "variants": [{"case": "a", "type": "2"}, """
            + """{"case": "b", "type": "2"}]}, """
            + """{"name": "[0]", "meta-type": "array", "element-type": "0"}, """
            + """{"name": "str", "meta-type": "builtin", "json-type": "string"}, """
            + """{"name": "1", "meta-type": "enum", "features": ["y"], "members": [{"name": "a"}, """
            + """{"name": "b", "features": ["x"]}], "values": ["a", "b"]}, """
            + """{"name": "2", "meta-type": "object", "members": []}]"""));
    }

    private static IReadOnlyList<SchemaInfo> Masked(string text, params string[] defined) =>
        Introspector.List(Load.Schema(text), defined.ToHashSet());

    private static IReadOnlyList<SchemaInfo> Unmasked(string text, params string[] defined) =>
        Introspector.List(Load.Schema(text), defined.ToHashSet(), unmask: true);

    private static IEnumerable<string> Names(IEnumerable<SchemaInfo> list) => list.Select(info => info.Name);
}
