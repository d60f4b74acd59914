using Qmp.Server.Dispatch;
using Rich;

namespace Qapi.Tests.Generators;

/// <summary>Commands that note their calls and answer something; with a gate they wait for it.</summary>
internal sealed class RichCommands : IRichCommands
{
    private static readonly Shape SomeShape = new Shape.ShapeBranch { Box = true };

    public List<string> Calls { get; } = [];

    public TaskCompletionSource? Gate { get; set; }

    public ValueTask DoNothingAsync(DoNothingArguments arguments, CancellationToken cancellationToken) =>
        Call("do-nothing");

    public ValueTask<Box> AddAsync(AddArguments arguments, CancellationToken cancellationToken) =>
        Call("add", new Box { Width = arguments.Left, Height = arguments.Right ?? 0 });

    public ValueTask<Empty> EmptyInlineAsync(EmptyInlineArguments arguments, CancellationToken cancellationToken) =>
        throw new CommandException("refused");

    public ValueTask<IReadOnlyList<Shape>> NamedAsync(Box arguments, CancellationToken cancellationToken) =>
        Call<IReadOnlyList<Shape>>("named", [SomeShape]);

    public ValueTask<Shape> BoxedUnionAsync(Shape arguments, CancellationToken cancellationToken) =>
        Call("boxed-union", arguments);

    public ValueTask BoxedStructAsync(Child arguments, CancellationToken cancellationToken) => Call("boxed-struct");

    public ValueTask OldStyleAsync(OldStyleArguments arguments, CancellationToken cancellationToken) =>
        Call("old_style");

    public ValueTask<IReadOnlyList<Empty>> XNewAsync(XNewArguments arguments, CancellationToken cancellationToken) =>
        Call<IReadOnlyList<Empty>>("x-new", []);

    public ValueTask<string> GetTextAsync(GetTextArguments arguments, CancellationToken cancellationToken) =>
        Call("get-text", "text");

    public ValueTask<IReadOnlyList<long>> GetNumbersAsync(
        GetNumbersArguments arguments, CancellationToken cancellationToken) =>
        Call<IReadOnlyList<long>>("get-numbers", [1, 2]);

    public ValueTask<IReadOnlyList<Color>> GetColorsAsync(
        GetColorsArguments arguments, CancellationToken cancellationToken) =>
        Call<IReadOnlyList<Color>>("get-colors", [Color.Red, Color._2_5]);

    public ValueTask<Newtonsoft.Json.Linq.JToken> GetAnythingAsync(
        GetAnythingArguments arguments, CancellationToken cancellationToken) =>
        Call("get-anything", Newtonsoft.Json.Linq.JToken.Parse("""{ "b": 1, "a": 2 }"""));

    public ValueTask<Choice> GetChoiceAsync(GetChoiceArguments arguments, CancellationToken cancellationToken) =>
        Call<Choice>("get-choice", new Choice.N());

    public ValueTask NoReplyAsync(NoReplyArguments arguments, CancellationToken cancellationToken) => Call("no-reply");

    public ValueTask EarlyAsync(EarlyArguments arguments, CancellationToken cancellationToken) => Call("early");

    public ValueTask AwaitAsync(AwaitArguments arguments, CancellationToken cancellationToken) => Call("await");

    public ValueTask ComExampleCommandAsync(
        ComExampleCommandArguments arguments, CancellationToken cancellationToken) => Call("__com.example_command");

    private async ValueTask<T> Call<T>(string name, T result)
    {
        await Call(name);
        return result;
    }

    private async ValueTask Call(string name)
    {
        Calls.Add(name);
        if (Gate is not null)
            await Gate.Task;
    }
}
