using Qmp.Protocol.Messages;
using Qmp.Protocol.Visitors;
using Rich;
using JObject = Newtonsoft.Json.Linq.JObject;

namespace Qapi.Tests.Generators;

/// <summary>Generated readers and writers, strict as a server has them.</summary>
public sealed class VisitorTests
{
    private const string Scalars = """
        { "a-str": "x", "a-number": 0.1, "a-bool": true, "an-int": -9223372036854775808, "an-int8": -128,
          "an-int16": 32767, "an-int32": -1, "an-int64": 5, "a-uint8": 255, "a-uint16": 65535, "a-uint32": 4294967295,
          "a-uint64": 18446744073709551615, "a-size": 9223372036854775808, "a-null": null,
          "an-any": { "b": [ 1, null ], "a": {} }, "a-qtype": "qdict" }
        """;

    private const string Circle = """{ "kind": "circle", "box": false, "radius": 2.5, "filled-with": "2-5" }""";
    private const string Box = """{ "width": 1, "kind": "box", "box": true, "height": 2, "tags": [ "red", "new" ] }""";
    private const string Pair = """
        { "kind": "group", "box": true, "group-kind": "pair", "label": "l", "left": { "radius": 1 },
          "right": { "radius": 2, "filled-with": "red" }, "value": [ { "b": 1, "a": 2 } ], "tint": "old" }
        """;
    private const string Deep = """
        { "kind": "group", "box": true, "group-kind": "deep", "label": "l", "deep-kind": "io", "wire-name": "w",
          "width": 3, "height": 4 }
        """;
    private const string DeepEmpty = """
        { "kind": "group", "box": true, "group-kind": "deep", "label": "l", "deep-kind": "linq", "wire-name": "w" }
        """;

    private static IEnumerable<TestCaseData> Values()
    {
        yield return Case("scalars", ScalarsVisitor.Read, ScalarsVisitor.Write, Scalars);
        yield return Case("nothing optional", OptionalsVisitor.Read, OptionalsVisitor.Write, "{}");
        yield return Case("everything optional", OptionalsVisitor.Read, OptionalsVisitor.Write, $$"""
            { "a-str": "", "a-number": 1e300, "a-bool": false, "an-int": 0, "an-int8": 0, "a-uint16": 0, "a-size": 0,
              "a-null": null, "an-any": null, "color": "red", "scalars": {{Scalars}}, "shape": {{Circle}},
              "choice": null, "names": [], "colors": [ "red", "red" ] }
            """);
        yield return Case("lists", ListsVisitor.Read, ListsVisitor.Write, $$"""
            { "strs": [ "a", "b" ], "numbers": [ 1, 2.5 ], "bools": [ true ], "ints": [ -1 ], "bytes": [ 1, 2, 3 ],
              "sizes": [ 18446744073709551615 ], "nulls": [ null, null ], "anys": [ 1, "a", null, {} ],
              "colors": [ "red" ], "scalars": [ {}, {} ], "shapes": [ {{Circle}}, {{Box}} ],
              "choices": [ "a", null, [ 1, 2 ], {{Pair}} ] }
            """);
        yield return Case("members of bases", ChildVisitor.Read, ChildVisitor.Write, """
            { "sixth": 6, "first": "1", "third": true, "second": 2, "fifth": "", "seventh": "new",
              "self": { "first": "", "second": 0, "third": false, "fifth": "", "sixth": 0, "eighth": 8 } }
            """);
        foreach (var shape in (string[])[Circle, Box, Pair, Deep, DeepEmpty, """{ "kind": "shape", "box": false }"""])
            yield return Case("union " + shape, ShapeVisitor.Read, ShapeVisitor.Write, shape);
        yield return Case("alternates", ChooserVisitor.Read, ChooserVisitor.Write,
            """{ "a": "red", "b": { "width": 1, "height": 2 }, "c": "s", "d": [ 1.5, [ "red" ], true ] }""");
        yield return Case("downstream names", ComExampleThingVisitor.Read, ComExampleThingVisitor.Write,
            """{ "__com.example_member": "__com.example_one", "__com.example_x-more": { "x-bar": 1 } }""");
        yield return Case("names that clash", ClashVisitor.Read, ClashVisitor.Write, $$"""
            { "clash": "a", "extension": "b", "equals": 1, "get-hash-code": 2, "clone": 3, "print-members": 4,
              "reference-equals": 5, "fooBar": 6, "foo-bar": 7, "class": "c", "string": "d", "value": 8,
              "color": {{Circle}}, "shape": "red", "visitor": "e", "unknown": "f", "name": "g" }
            """);
    }

    [TestCaseSource(nameof(Values))]
    public void Value_is_written_as_it_was_read_in_QEMUs_order(Func<string, string> roundTrip, string json) =>
        Assert.That(roundTrip(json), Is.EqualTo(Wire.Sorted(json)));

    [Test]
    public void Members_get_their_values()
    {
        var shape = (Shape.Group)Wire.Read(ShapeVisitor.Read, Pair);
        Assert.That(shape.Kind, Is.EqualTo(ShapeKind.Group));
        Assert.That(shape.Box, Is.True);
        Assert.That(shape.Value.GroupKind, Is.EqualTo(GroupKind.Pair));
        var pair = ((Group.Pair)shape.Value).Value;
        Assert.That(pair.Right, Is.EqualTo(new Circle { Radius = 2, FilledWith = Color.Red }));
        Assert.That(shape.Extension, Is.Null);
    }

    [TestCase("""{ "kind": "circle", "radius": 1 }""", "Parameter 'box' is missing")]
    [TestCase("""{ "box": true }""", "Parameter 'kind' is missing")]
    [TestCase("""{ "box": true, "kind": "off" }""", "Parameter 'kind' does not accept value 'off'")]
    [TestCase("""{ "box": true, "kind": "void" }""", "Parameter 'kind' does not accept value 'void'")]
    [TestCase("""{ "box": true, "kind": "circle" }""", "Parameter 'radius' is missing")]
    [TestCase("""{ "box": true, "kind": "shape", "radius": 1 }""", "Parameter 'radius' is unexpected")]
    [TestCase("""{ "box": true, "kind": "circle", "radius": 1, "filled-with": "off" }""",
        "Parameter 'filled-with' does not accept value 'off'")]
    [TestCase("""{ "box": true, "kind": "group", "group-kind": "pair", "label": "", "left": { "radius": "1" } }""",
        "Invalid parameter type for 'left.radius', expected: number")]
    [TestCase("""{ "box": true, "kind": "line", "radius": 1 }""",
        "Invalid parameter type for 'kind', expected: Shape")]
    public void Union_reports_what_comes_first(string json, string expected) =>
        Assert.That(Wire.Error(ShapeVisitor.Read, json), Is.EqualTo(expected));

    [TestCase("an-int8", "128", "Parameter 'an-int8' expects int8_t")]
    [TestCase("an-int16", "-32769", "Parameter 'an-int16' expects int16_t")]
    [TestCase("an-int32", "2147483648", "Parameter 'an-int32' expects int32_t")]
    [TestCase("an-int", "1.0", "Invalid parameter type for 'an-int', expected: integer")]
    [TestCase("a-uint8", "256", "Parameter 'a-uint8' expects uint8_t")]
    [TestCase("a-uint16", "-1", "Parameter 'a-uint16' expects uint16_t")]
    [TestCase("a-uint32", "4294967296", "Parameter 'a-uint32' expects uint32_t")]
    [TestCase("a-size", "\"64M\"", "Parameter 'a-size' expects uint64")]
    [TestCase("a-null", "0", "Invalid parameter type for 'a-null', expected: null")]
    [TestCase("a-bool", "1", "Invalid parameter type for 'a-bool', expected: boolean")]
    public void Scalar_reports_its_range_and_type(string member, string value, string expected)
    {
        var json = (JObject)Wire.Parse(Scalars);
        json[member] = Wire.Parse(value);
        Assert.That(Wire.Error(ScalarsVisitor.Read, json.ToString()), Is.EqualTo(expected));
    }

    [TestCase("""{ "a": 1, "d": [] }""", "Invalid parameter type for 'a', expected: EnumOrObject")]
    [TestCase("""{ "d": [] }""", "Parameter 'a' is missing")]
    [TestCase("""{ "a": "red", "d": [ "x" ] }""", "Invalid parameter type for 'null', expected: NumberOrMore")]
    [TestCase("""{ "a": "mauve", "d": [] }""", "Parameter 'a' does not accept value 'mauve'")]
    [TestCase("""{ "a": { "width": 1 }, "d": [] }""", "Parameter 'a.height' is missing")]
    public void Alternate_reports_the_wrong_form(string json, string expected) =>
        Assert.That(Wire.Error(ChooserVisitor.Read, json), Is.EqualTo(expected));

    [Test]
    public void Policy_refuses_what_is_deprecated_before_it_is_read()
    {
        var policy = new CompatPolicy { DeprecatedInput = CompatPolicyInput.Reject };
        const string Common = """ "first": "", "second": 1, "third": true, "fifth": "" """;
        Assert.That(Wire.Error(ChildVisitor.Read, $$"""{ {{Common}}, "sixth": "no number" }""", policy),
            Is.EqualTo("Deprecated parameter sixth disabled by policy"));
        Assert.That(Wire.Error(OptionalsVisitor.Read, """{ "color": "old" }""", policy),
            Is.EqualTo("Deprecated value old disabled by policy"));
    }

    [Test]
    public void Policy_hides_what_is_deprecated()
    {
        var policy = new CompatPolicy { DeprecatedOutput = CompatPolicyOutput.Hide };
        var child = new Child
        {
            First = "", Second = 1, Third = true, Fifth = "",
#pragma warning disable CS0618 // the point of the test
            Sixth = 6, Seventh = Color.Red,
#pragma warning restore CS0618
        };
        Assert.That(JObject.Parse(Wire.Write(ChildVisitor.Write, child, policy)).Properties().Select(p => p.Name),
            Is.EquivalentTo((string[])["first", "second", "third", "fifth"]));
    }

    [Test]
    public void Null_for_a_union_is_refused() =>
        Assert.That(() => Wire.Write<Shape>(ShapeVisitor.Write, null!), Throws.ArgumentNullException);

    [Test]
    public void Value_without_a_name_cannot_be_written() => Assert.That(
        () => Wire.Write(OptionalsVisitor.Write, new Optionals { Color = Color.Unrecognized }),
        Throws.TypeOf<ArgumentOutOfRangeException>());

    private static TestCaseData Case<T>(string name, ValueReader<T> reader, ValueWriter<T> writer, string json) =>
        new TestCaseData((Func<string, string>)(text => Wire.Write(writer, Wire.Read(reader, text))), json)
            .SetArgDisplayNames(name);
}
