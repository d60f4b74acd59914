using Qapi.Model;

namespace Qapi.Emit;

/// <summary>
/// Writes a module's commands as a client sends them: descriptors, and a proxy with the server's interfaces.
/// </summary>
internal sealed class ClientEmitter(SourceWriter writer, EmitContext context, SchemaModule module)
{
    private readonly CommandCode _code = new(context);
    private readonly ValueCode _values = new(context);

    public void Write(IReadOnlyList<Command> commands)
    {
        Descriptors(commands);
        Proxy(commands);
    }

    private void Descriptors(IReadOnlyList<Command> commands)
    {
        DocWriter.Summary(writer, $"The commands of {module.Name} as a client sends them.");
        AttributeWriter.Type(writer);
        writer.Open($"public static class {context.Api.ClientCommands(module)}");
        foreach (var command in commands)
        {
            var call = context.Types.Call(command);
            var hasArguments = context.MembersOf(call.Type).Count > 0;
            var type = $"client::ClientCommand<{_code.ArgumentsType(command)}, {ResultType(command)}>";
            DocWriter.Summary(writer, $"Command <c>{command.Name}</c>.");
            AttributeWriter.Features(writer, context, command.Features);
            writer.Line($"public static {type} {context.Types.Method(command)} {{ get; }} = new(");
            writer.Line($"    {CSharpLiteral.Text(command.Name)}, {Flag(hasArguments)}, {Flag(command.AllowOob)},");
            writer.Line($"    {context.Api.VisitorOf(call.TypeName)}.Write, "
                + $"{_values.Reader(_code.Result(command) ?? context.Schema.EmptyObject)}"
                + (command.SuccessResponse ? ");" : ","));
            if (!command.SuccessResponse)
                writer.Line("    ExpectsReply: false);");
            writer.Gap();
        }
        writer.Close();
        writer.Gap();
    }

    private void Proxy(IReadOnlyList<Command> commands)
    {
        var (inBand, outOfBand) = CommandCode.Split(commands);
        var interfaces = new List<string>();
        if (inBand.Count > 0)
            interfaces.Add("api::" + context.Api.Commands(module));
        if (outOfBand.Count > 0)
            interfaces.Add("api::" + context.Api.Commands(module, outOfBand: true));
        DocWriter.Summary(writer, $"Sends the commands of {module.Name} to a server.");
        writer.Line("/// <param name=\"sender\">The connection.</param>");
        AttributeWriter.Type(writer);
        writer.Open($"public sealed class {context.Api.Client(module)}(client::ICommandSender sender) : "
            + string.Join(", ", interfaces));
        foreach (var command in commands)
        {
            writer.Line("/// <inheritdoc/>");
            AttributeWriter.Features(writer, context, command.Features);
            writer.Lines(_code.Signature(command, "public ", " =>"));
            writer.Line($"    {_code.Send(command, "arguments")};");
            writer.Gap();
        }
        writer.Close();
        writer.Gap();
    }

    private string ResultType(Command command) => _code.ResultType(command) ?? CSharpType.Qualified(NameTable.Empty);

    private static string Flag(bool value) => value ? "true" : "false";
}
