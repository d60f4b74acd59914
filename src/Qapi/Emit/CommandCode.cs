using Qapi.Model;

namespace Qapi.Emit;

/// <summary>How commands look in C#: in their interface, their implementation and their callers.</summary>
internal sealed class CommandCode(EmitContext context)
{
    private readonly CSharpType _types = new(context, hidden: null);

    /// <summary>What a command returns; null if that is nothing.</summary>
    public SchemaType? Result(Command command) =>
        command.Returns == context.Schema.EmptyObject ? null : command.Returns;

    /// <summary>The C# type of what a command returns; null if that is nothing.</summary>
    public string? ResultType(Command command) => Result(command) is { } type ? _types.Of(type) : null;

    public string ArgumentsType(Command command) => CSharpType.Qualified(context.Types.Call(command).TypeName);

    public string Method(Command command) => context.Types.Method(command) + "Async";

    public string TaskType(Command command) =>
        ResultType(command) is { } type ? $"tasks::ValueTask<{type}>" : "tasks::ValueTask";

    /// <summary>The method's declaration in two lines.</summary>
    public string Signature(Command command, string modifiers, string end)
    {
        return $"{modifiers}{TaskType(command)} {Method(command)}(\n"
            + $"    {ArgumentsType(command)} arguments, threading::CancellationToken cancellationToken = default){end}";
    }

    /// <summary>What sends a command by <c>sender</c>.</summary>
    public string Send(Command command, string arguments)
    {
        var descriptor = $"api::{context.Api.ClientCommands(command.Module)}.{context.Types.Method(command)}";
        return Result(command) is not null
            ? $"sender.ExecuteAsync({descriptor}, {arguments}, cancellationToken)"
            : $"client::CommandSenderExtensions.SendAsync(sender, {descriptor}, {arguments}, cancellationToken)";
    }

    /// <summary>The commands that run in band, and those that may also run out of band.</summary>
    public static (List<Command> InBand, List<Command> OutOfBand) Split(IEnumerable<Command> commands)
    {
        var groups = commands.ToLookup(command => command.AllowOob);
        return ([.. groups[false]], [.. groups[true]]);
    }
}
