using Rich;
using JObject = Newtonsoft.Json.Linq.JObject;
using JToken = Newtonsoft.Json.Linq.JToken;

namespace Qapi.Tests.Generators;

/// <summary>A client keeps what its schema does not know, and can say it again.</summary>
public sealed class TolerantReadingTests
{
    [Test]
    public void Unknown_members_are_kept()
    {
        const string Json = """{ "width": 1, "depth": { "x": [ 1 ] }, "height": 2, "name": "n" }""";
        var box = Wire.Read(BoxVisitor.Read, Json, tolerant: true);
        Assert.That(box.Width, Is.EqualTo(1));
        Assert.That(JToken.DeepEquals(box.Extension, JObject.Parse("""{ "depth": { "x": [ 1 ] }, "name": "n" }""")));
        AssertSame(Wire.Write(BoxVisitor.Write, box), Json);
    }

    [Test]
    public void Unknown_enum_texts_are_kept_under_their_member()
    {
        const string Json = """{ "color": "mauve", "colors": [ "red", "puce" ], "a-str": "s" }""";
        var value = Wire.Read(OptionalsVisitor.Read, Json, tolerant: true);
        Assert.That(value.Color, Is.EqualTo(Color.Unrecognized));
        Assert.That(value.Colors, Is.EqualTo((Color[])[Color.Red, Color.Unrecognized]));
        Assert.That((string?)value.Extension!["color"], Is.EqualTo("mauve"));
        AssertSame(Wire.Write(OptionalsVisitor.Write, value), Json);
    }

    [Test]
    public void Known_values_leave_no_bag() =>
        Assert.That(Wire.Read(OptionalsVisitor.Read, """{ "color": "red" }""", tolerant: true).Extension, Is.Null);

    [Test]
    public void Unknown_branch_keeps_its_text_and_members()
    {
        const string Json = """{ "kind": "blob", "box": true, "tint": "red", "size": 4 }""";
        var shape = (Shape.Unrecognized)Wire.Read(ShapeVisitor.Read, Json, tolerant: true);
        Assert.That(shape.WireName, Is.EqualTo("blob"));
        Assert.That(shape.Tint, Is.EqualTo(Color.Red));
        Assert.That((int?)shape.Extension!["size"], Is.EqualTo(4));
        AssertSame(Wire.Write(ShapeVisitor.Write, shape), Json);
    }

    [Test]
    public void What_a_nested_branch_does_not_know_is_kept_by_the_union()
    {
        const string Json = """
            { "kind": "group", "box": true, "group-kind": "trio", "label": "l", "third": 3, "tint": "mauve" }
            """;
        var shape = (Shape.Group)Wire.Read(ShapeVisitor.Read, Json, tolerant: true);
        Assert.That(((Group.Unrecognized)shape.Value).WireName, Is.EqualTo("trio"));
        Assert.That(shape.Extension!.Properties().Select(p => p.Name), Is.EquivalentTo((string[])["tint", "third"]));
        AssertSame(Wire.Write(ShapeVisitor.Write, shape), Json);
    }

    [Test]
    public void Unknown_enum_text_in_a_branch_is_kept_by_the_union()
    {
        const string Json = """{ "kind": "circle", "box": true, "radius": 1, "filled-with": "mauve" }""";
        var shape = (Shape.Circle)Wire.Read(ShapeVisitor.Read, Json, tolerant: true);
        Assert.That(shape.Value.FilledWith, Is.EqualTo(Color.Unrecognized));
        AssertSame(Wire.Write(ShapeVisitor.Write, shape), Json);
    }

    [Test]
    public void Bags_of_a_union_and_of_its_branch_are_written_both()
    {
        var shape = new Shape.Circle
        {
            Box = true,
            Value = new Circle { Radius = 1, Extension = new JObject { ["inner"] = 1 } },
            Extension = new JObject { ["outer"] = 2 },
        };
        AssertSame(Wire.Write(ShapeVisitor.Write, shape),
            """{ "kind": "circle", "box": true, "radius": 1, "inner": 1, "outer": 2 }""");
    }

    [Test]
    public void Alternate_keeps_an_unknown_enum_text()
    {
        const string Json = """{ "a": "mauve", "d": [] }""";
        var chooser = Wire.Read(ChooserVisitor.Read, Json, tolerant: true);
        Assert.That(chooser.A, Is.EqualTo(new EnumOrObject.Unrecognized("mauve")));
        AssertSame(Wire.Write(ChooserVisitor.Write, chooser), Json);
    }

    /// <summary>What is kept stands among the rest as if the schema knew it.</summary>
    private static void AssertSame(string actual, string expected) =>
        Assert.That(actual, Is.EqualTo(Wire.Sorted(expected)));
}
