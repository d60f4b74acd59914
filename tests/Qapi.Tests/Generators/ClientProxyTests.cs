using Qmp.Client;
using Rich;
using Task = System.Threading.Tasks.Task;

namespace Qapi.Tests.Generators;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ClientProxyTests
{
    private readonly Sender _sender = new();

    [Test]
    public async Task Command_is_sent_with_its_arguments_and_the_reply_is_read()
    {
        _sender.Reply = """{ "width": 3, "height": 4, "depth": 5 }""";
        var box = await new RichClient(_sender).AddAsync(new() { Left = 3 });
        Assert.That(_sender.Sent, Is.EqualTo("""add {"left": 3}"""));
        Assert.That((box.Width, (int?)box.Extension!["depth"]), Is.EqualTo((3L, (int?)5)));
    }

    [Test]
    public async Task Command_without_result_is_awaited()
    {
        _sender.Reply = "{}";
        await new RichClient(_sender).DoNothingAsync(new());
        Assert.That(_sender.Sent, Is.EqualTo("do-nothing {}"));
    }

    [Test]
    public async Task List_comes_back_as_a_list()
    {
        _sender.Reply = """[ "red", "mauve" ]""";
        Assert.That(await new RichClient(_sender).GetColorsAsync(new()),
            Is.EqualTo((Color[])[Color.Red, Color.Unrecognized]));
    }

    [Test]
    public void Proxy_has_the_interfaces_of_the_server() => Assert.That(new RichClient(_sender),
        Is.InstanceOf<IRichCommands>().And.InstanceOf<IRichOobCommands>());

    [Test]
    public void Descriptors_say_what_the_schema_says()
    {
        Assert.That((RichClientCommands.DoNothing.HasArguments, RichClientCommands.Add.HasArguments,
            RichClientCommands.BoxedUnion.HasArguments), Is.EqualTo((false, true, true)));
        Assert.That((RichClientCommands.Add.AllowOutOfBand, RichClientCommands.Urgent.AllowOutOfBand),
            Is.EqualTo((false, true)));
        Assert.That((RichClientCommands.Add.ExpectsReply, RichClientCommands.NoReply.ExpectsReply),
            Is.EqualTo((true, false)));
    }

    private sealed class Sender : ICommandSender
    {
        public string Reply { get; set; } = "";

        public string? Sent { get; private set; }

        public ValueTask<TResult> ExecuteAsync<TArguments, TResult>(
            ClientCommand<TArguments, TResult> command, TArguments arguments, CancellationToken cancellationToken)
        {
            Sent = $"{command.Name} {Wire.Write(command.WriteArguments, arguments)}";
            return new(Wire.Read(command.ReadResult, Reply, tolerant: true));
        }
    }
}
