using Qmp.Protocol.Visitors;
using Qmp.Server.Dispatch;
using Rich;
using Task = System.Threading.Tasks.Task;

namespace Qapi.Tests.Generators;

/// <summary>Generated tables run commands on the interfaces generated beside them.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class DispatchTests
{
    private readonly RichCommands _commands = new();

    [Test]
    public async Task Arguments_reach_the_method_and_its_result_comes_back() =>
        Assert.That(await Run("add", """{ "left": 3, "right": 4 }"""), Is.EqualTo("""{"height": 4, "width": 3}"""));

    [Test]
    public async Task Command_without_result_answers_with_an_empty_object()
    {
        Assert.That(await Run("do-nothing", "{}"), Is.EqualTo("{}"));
        Assert.That(await Run("boxed-struct", """
            { "first": "", "second": 1, "third": true, "fifth": "", "sixth": 6 }
            """), Is.EqualTo("{}"));
    }

    [TestCase("boxed-union", """{ "kind": "shape", "box": true }""", """{"box": true, "kind": "shape"}""")]
    [TestCase("named", """{ "width": 1, "height": 2 }""", """[{"box": true, "kind": "shape"}]""")]
    [TestCase("get-text", "{}", "\"text\"")]
    [TestCase("get-numbers", "{}", "[1, 2]")]
    [TestCase("get-colors", "{}", """["red", "2-5"]""")]
    [TestCase("get-anything", "{}", """{"b": 1, "a": 2}""")]
    [TestCase("get-choice", "{}", "null")]
    public async Task Results_of_every_kind_are_written(string name, string arguments, string expected) =>
        Assert.That(await Run(name, arguments), Is.EqualTo(Wire.Sorted(expected)));

    [Test]
    public void Method_that_has_finished_makes_nobody_wait() =>
        Assert.That(Start("add", """{ "left": 3 }""").IsCompletedSuccessfully, Is.True);

    [Test]
    public async Task Method_that_takes_its_time_is_awaited()
    {
        _commands.Gate = new TaskCompletionSource();
        var adding = Start("add", """{ "left": 3 }""");
        var nothing = Start("do-nothing", "{}");
        Assert.That((adding.IsCompleted, nothing.IsCompleted), Is.EqualTo((false, false)));
        _commands.Gate.SetResult();
        Assert.That(Text(await adding), Is.EqualTo("""{"height": 0, "width": 3}"""));
        Assert.That(Text(await nothing), Is.EqualTo("{}"));
    }

    [Test]
    public void Wrong_arguments_do_not_reach_the_method()
    {
        Assert.That(() => Start("add", """{ "left": 3, "up": 4 }"""),
            Throws.TypeOf<VisitorException>().With.Message.EqualTo("Parameter 'up' is unexpected"));
        Assert.That(_commands.Calls, Is.Empty);
    }

    [Test]
    public void Refusal_passes_through() =>
        Assert.That(async () => await Run("empty-inline", "{}"), Throws.TypeOf<CommandException>());

    [Test]
    public void Table_lists_the_commands_that_are_generated_and_on()
    {
        var names = RichCommandTable.Commands.Select(command => command.Name).ToList();
        Assert.That(names, Has.None.AnyOf("by-hand", "off", "urgent", "urgent-early"));
        Assert.That(names, Does.Contain("await").And.Contain("__com.example_command"));
        Assert.That(RichCommandTable.OobCommands.Select(command => command.Name),
            Is.EqualTo((string[])["urgent", "urgent-early"]));
        Assert.That(RichSchema.CommandNames, Does.Contain("by-hand").And.Not.Contain("off"));
    }

    [TestCase("do-nothing", CommandOptions.None, SpecialFeatures.None)]
    [TestCase("early", CommandOptions.AllowPreconfig, SpecialFeatures.None)]
    [TestCase("no-reply", CommandOptions.NoSuccessResponse, SpecialFeatures.None)]
    [TestCase("old_style", CommandOptions.None, SpecialFeatures.Deprecated)]
    [TestCase("x-new", CommandOptions.None, SpecialFeatures.Unstable)]
    public void Options_and_features_are_those_of_the_schema(
        string name, CommandOptions options, SpecialFeatures features)
    {
        var command = RichCommandTable.Commands.Single(command => command.Name == name);
        Assert.That((command.Options, command.Features), Is.EqualTo((options, features)));
    }

    [Test]
    public async Task Command_out_of_band_runs_on_its_own_interface()
    {
        var command = RichCommandTable.OobCommands[0];
        Assert.That(command.Options, Is.EqualTo(CommandOptions.AllowOutOfBand));
        var target = new UrgentCommands();
        await command.Invoke(target, Visitor("""{ "id": "7" }"""), default);
        Assert.That(target.Id, Is.EqualTo("7"));
    }

    private async Task<string> Run(string name, string arguments) => Text(await Start(name, arguments));

    private ValueTask<CommandResult> Start(string name, string arguments) =>
        RichCommandTable.Commands.Single(command => command.Name == name)
            .Invoke(_commands, Visitor(arguments), CancellationToken.None);

    private static string Text(CommandResult result) =>
        Wire.Write<CommandResult>((visitor, name, value) => value.Write(visitor, name), result);

    private static JsonInputVisitor Visitor(string arguments)
    {
        var visitor = new JsonInputVisitor();
        visitor.Reset(Wire.Parse(arguments));
        return visitor;
    }
}
