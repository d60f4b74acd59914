using System.Text;

namespace Qapi.Tests;

/// <summary>Depth is bounded: whatever is nested too deeply is an error, and no stack runs out.</summary>
public sealed class DepthTests
{
    private const int Many = 100_000;

    [TestCase("[", "schema.json:1:201: nested more than 200 levels deep")]
    [TestCase("{ 'a': ", "schema.json:1:1401: nested more than 200 levels deep")]
    public void Values_nested_too_deeply_are_refused(string opening, string expected) =>
        Assert.That(Load.Error(Repeat(opening, Many)), Is.EqualTo(expected));

    [Test]
    public void Conditions_nested_too_deeply_are_refused() =>
        Assert.That(Load.Error("{ 'command': 'a', 'if': " + Repeat("{ 'not': ", Many)),
            Does.EndWith(": nested more than 200 levels deep"));

    [Test]
    public void Conditions_may_nest_far()
    {
        var text = $"{{ 'command': 'a', 'if': {Repeat("{ 'not': ", 180)}'A'{Repeat("}", 180)} }}";
        var command = Load.Schema(text).Commands.Single();
        Assert.That(command.Condition.Holds(new HashSet<string> { "A" }), Is.True);
        Assert.That(command.Condition.Holds(new HashSet<string>()), Is.False);
    }

    [Test]
    public void Includes_nested_too_deeply_are_refused()
    {
        var files = new MemoryFiles();
        for (var i = 0; i < 1000; i++)
            files[$"f{i}.json"] = $"{{ 'include': 'f{i + 1}.json' }}";
        var error = QapiSchema.Load(files, "f0.json").Error!;
        Assert.That(error.Message, Is.EqualTo("files included more than 100 levels deep"));
        Assert.That(error.IncludedFrom, Has.Count.EqualTo(100));
    }

    [Test]
    public void Bases_nested_too_deeply_are_refused()
    {
        var text = new StringBuilder();
        for (var i = 0; i < 5000; i++)
            text.Append($"{{ 'struct': 'S{i}x', 'base': 'S{i + 1}x', 'data': {{}} }}\n");
        Assert.That(Load.Result(text.ToString()).Error!.Message,
            Is.EqualTo("bases and branches are nested more than 200 levels deep"));
    }

    [Test]
    public void Branches_nested_too_deeply_are_refused()
    {
        var text = new StringBuilder("{ 'enum': 'Mode', 'data': [ 'on' ] }\n");
        for (var i = 0; i < 5000; i++)
            text.Append($"{{ 'union': 'U{i}x', 'base': {{ 'm{i}': 'Mode' }}, 'discriminator': 'm{i}',"
                + $" 'data': {{ 'on': 'U{i + 1}x' }} }}\n");
        Assert.That(Load.Result(text.ToString()).Error!.Message,
            Is.EqualTo("bases and branches are nested more than 200 levels deep"));
    }

    [Test]
    public void Branches_that_meet_again_are_not_gone_through_twice()
    {
        // Two branches at each of 100 levels: 2^100 ways to the bottom.
        var text = new StringBuilder();
        text.Append("{ 'enum': 'Mode', 'data': [ 'on', 'off' ] }\n{ 'struct': 'U100x', 'data': {} }\n");
        for (var i = 0; i < 100; i++)
            text.Append($"{{ 'union': 'U{i}x', 'base': {{ 'm{i}': 'Mode' }}, 'discriminator': 'm{i}',"
                + $" 'data': {{ 'on': 'U{i + 1}x', 'off': 'U{i + 1}x' }} }}\n");
        Assert.That(Load.Error(text.ToString()), Is.Null);
    }

    private static string Repeat(string text, int count) => new StringBuilder().Insert(0, text, count).ToString();
}
