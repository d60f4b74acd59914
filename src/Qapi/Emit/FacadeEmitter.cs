using Qapi.Model;

namespace Qapi.Emit;

/// <summary>
/// Writes the commands of all modules as methods of every connection, so that a caller needs to know neither the module of a
/// command nor the record of arguments that it does not take.
/// </summary>
internal static class FacadeEmitter
{
    /// <returns>Null if there are no commands.</returns>
    public static EmittedFile? Emit(EmitContext context)
    {
        var commands = context.Schema.Entities.OfType<Command>()
            .Where(command => command.Gen && context.IsOn(command)).ToList();
        if (commands.Count == 0)
            return null;
        var writer = SourceFrame.Calls("the schema", context.Options);
        DocWriter.Summary(writer, "The commands of all modules as methods of a connection.");
        AttributeWriter.Type(writer);
        writer.Open($"public static class {context.Api.Facade}");
        foreach (var command in commands)
            Method(writer, context, command);
        writer.Close();
        return new EmittedFile("Api.Facade.g.cs", writer.ToString());
    }

    private static void Method(SourceWriter writer, EmitContext context, Command command)
    {
        var code = new CommandCode(context);
        var type = code.ArgumentsType(command);
        var shape = context.Types.Call(command).Type;
        var (parameter, value) = shape is null ? ("", $"new {type}()")
            : MayBeEmpty(context, shape) ? ($"{type}? arguments = null, ", $"arguments ?? new {type}()")
            : ($"{type} arguments, ", "arguments");
        DocWriter.Entity(writer, command, $"Command <c>{command.Name}</c>.");
        DocWriter.Returns(writer, command);
        AttributeWriter.Features(writer, context, command.Features);
        writer.Line($"public static {code.TaskType(command)} {context.Api.FacadeMethod(command)}(");
        writer.Line($"    this client::ICommandSender sender, {parameter}"
            + "threading::CancellationToken cancellationToken = default) =>");
        writer.Line($"    {code.Send(command, value)};");
        writer.Gap();
    }

    private static bool MayBeEmpty(EmitContext context, ObjectType type) =>
        type.Branches.Count == 0 && context.MembersOf(type).All(context.IsOptional);
}
