using Rich;
using JObject = Newtonsoft.Json.Linq.JObject;
using JToken = Newtonsoft.Json.Linq.JToken;

namespace Qapi.Tests.Generators;

/// <summary>Generated records are equal when all they hold is.</summary>
public sealed class EqualityTests
{
    private const string Lists = """
        { "strs": [ "a", "b" ], "numbers": [ 1, 2.5 ], "bools": [ true ], "ints": [ -1 ], "bytes": [ 1 ],
          "sizes": [ 5 ], "nulls": [ null ], "anys": [ 1, { "a": 1, "b": [] } ], "colors": [ "red" ], "scalars": [ {} ],
          "shapes": [ { "kind": "circle", "box": true, "radius": 1 } ], "choices": [ "a", null, [ 1, 2 ] ] }
        """;

    [Test]
    public void Values_read_from_one_text_are_equal()
    {
        var (left, right) = (Read(Lists), Read(Lists));
        Assert.That(left, Is.EqualTo(right).And.Not.SameAs(right));
        Assert.That(left.GetHashCode(), Is.EqualTo(right.GetHashCode()));
    }

    [TestCase("strs", """[ "a" ]""")]
    [TestCase("strs", """[ "b", "a" ]""")]
    [TestCase("numbers", "[ 1, 2.25 ]")]
    [TestCase("anys", """[ 1, { "a": 1, "b": [ 0 ] } ]""")]
    [TestCase("colors", """[ "new" ]""")]
    [TestCase("scalars", "[]")]
    [TestCase("shapes", """[ { "kind": "circle", "box": true, "radius": 2 } ]""")]
    [TestCase("shapes", """[ { "kind": "shape", "box": true } ]""")]
    [TestCase("choices", """[ "a", null, [ 1, 3 ] ]""")]
    public void Any_difference_makes_them_different(string member, string value)
    {
        var other = JObject.Parse(Lists);
        other[member] = JToken.Parse(value);
        Assert.That(Read(other.ToString()), Is.Not.EqualTo(Read(Lists)));
    }

    [Test]
    public void What_the_schema_does_not_know_counts()
    {
        var box = new Box { Width = 1, Height = 2 };
        var more = box with { Extension = new JObject { ["depth"] = 3 } };
        Assert.That(more, Is.Not.EqualTo(box));
        Assert.That(more, Is.EqualTo(box with { Extension = new JObject { ["depth"] = 3 } }));
    }

    [Test]
    public void Branches_with_equal_members_are_different()
    {
        Assert.That((Group)new Group.None { Label = "l" },
            Is.Not.EqualTo((Group)new Group.Unrecognized { Label = "l", WireName = "none" }));
        Assert.That(new Choice.S("a"), Is.Not.EqualTo((Choice)new Choice.N()));
    }

    [Test]
    public void Not_a_number_is_equal_to_itself() => Assert.That(
        new Circle { Radius = double.NaN }, Is.EqualTo(new Circle { Radius = double.NaN }));

    private static Lists Read(string json) => Wire.Read(ListsVisitor.Read, json);
}
