using Rich;
using JArray = Newtonsoft.Json.Linq.JArray;
using JObject = Newtonsoft.Json.Linq.JObject;

namespace Qapi.Tests.Generators;

/// <summary>Copies are equal and share nothing that can change.</summary>
public sealed class CloneTests
{
    [Test]
    public void Lists_are_copied()
    {
        var tags = new List<Color> { Color.Red };
        var box = new Box { Width = 1, Height = 2, Tags = tags };
        var copy = box.DeepClone();
        Assert.That(copy, Is.EqualTo(box).And.Not.SameAs(box));
        tags.Add(Color._2_5);
        Assert.That(copy.Tags, Is.EqualTo((Color[])[Color.Red]));
    }

    [Test]
    public void Json_is_copied()
    {
        var inner = new JArray { 1 };
        var bag = new JObject { ["x"] = 1 };
        var pair = new Pair { Left = Circle(), Right = Circle(), Value = inner, Extension = bag };
        var copy = pair.DeepClone();
        Assert.That(copy, Is.EqualTo(pair));
        inner.Add(2);
        bag["y"] = 2;
        Assert.That((copy.Value!.Count(), copy.Extension!.Count), Is.EqualTo((1, 1)));
    }

    [Test]
    public void Absent_members_stay_absent()
    {
        var nothing = new Optionals();
        Assert.That(nothing.DeepClone(), Is.EqualTo(nothing));
        Assert.That(nothing.DeepClone().Extension, Is.Null);
    }

    [Test]
    public void Members_of_members_are_copied()
    {
        var bag = new JObject { ["x"] = 1 };
        Shape shape = new Shape.Group
        {
            Box = true,
            Value = new Group.Pair
            {
                Label = "l",
                Value = new Pair { Left = Circle() with { Extension = bag }, Right = Circle() },
            },
        };
        var copy = shape.DeepClone();
        Assert.That(copy, Is.EqualTo(shape).And.TypeOf<Shape.Group>());
        bag["x"] = 2;
        Assert.That(copy, Is.Not.EqualTo(shape));
    }

    [Test]
    public void Elements_of_lists_are_copied()
    {
        var numbers = new List<long> { 1 };
        var shapes = new List<Choice> { new Choice.List(numbers), new Choice.N(), new Choice.S("s") };
        var lists = Lists(shapes);
        var copy = lists.DeepClone();
        Assert.That(copy, Is.EqualTo(lists));
        numbers.Add(2);
        Assert.That(((Choice.List)copy.Choices[0]).Value, Is.EqualTo((long[])[1]));
    }

    [Test]
    public void Unrecognized_branches_are_copied()
    {
        var bag = new JObject { ["size"] = 4 };
        Shape shape = new Shape.Unrecognized { WireName = "blob", Box = false, Extension = bag };
        var copy = shape.DeepClone();
        bag["size"] = 5;
        Assert.That((int?)copy.Extension!["size"], Is.EqualTo(4));
        EnumOrObject text = new EnumOrObject.Unrecognized("mauve");
        Assert.That(text.DeepClone(), Is.EqualTo(text));
    }

    private static Circle Circle() => new() { Radius = 1 };

    private static Lists Lists(IReadOnlyList<Choice> choices) => new()
    {
        Strs = [], Numbers = [], Bools = [], Ints = [], Bytes = [], Sizes = [], Nulls = [], Anys = [1], Colors = [],
        Scalars = [new()], Shapes = [], Choices = choices,
    };
}
