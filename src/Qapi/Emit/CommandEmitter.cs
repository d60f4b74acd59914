using Qapi.Model;

namespace Qapi.Emit;

/// <summary>
/// Writes a module's command interfaces, and the table by which a server runs them. Commands that may run out of band
/// are in an interface of their own, as what implements them must not wait for those in band.
/// </summary>
internal sealed class CommandEmitter(SourceWriter writer, EmitContext context, SchemaModule module)
{
    private readonly CommandCode _code = new(context);
    private readonly ValueCode _values = new(context);

    public void Write(IReadOnlyList<Command> commands)
    {
        var (inBand, outOfBand) = CommandCode.Split(commands);
        if (inBand.Count > 0)
            Interface(context.Api.Commands(module), $"Commands of {module.Name}.", inBand);
        if (outOfBand.Count > 0)
        {
            Interface(context.Api.Commands(module, outOfBand: true),
                $"Commands of {module.Name} that may run out of band.", outOfBand);
        }
        if (context.Options.Parts.HasFlag(EmitParts.Server))
            Table(inBand, outOfBand);
    }

    private void Interface(string name, string summary, List<Command> commands)
    {
        DocWriter.Summary(writer, summary);
        AttributeWriter.Type(writer);
        writer.Open($"public interface {name}");
        foreach (var command in commands)
        {
            DocWriter.Entity(writer, command, $"Command <c>{command.Name}</c>.");
            DocWriter.Returns(writer, command);
            AttributeWriter.Features(writer, context, command.Features);
            writer.Lines(_code.Signature(command, "", ";"));
            writer.Gap();
        }
        writer.Close();
        writer.Gap();
    }

    private void Table(List<Command> inBand, List<Command> outOfBand)
    {
        DocWriter.Summary(writer, $"How a server runs the commands of {module.Name}.");
        AttributeWriter.Type(writer);
        writer.Open($"public static class {context.Api.CommandTable(module)}");
        if (inBand.Count > 0)
            Descriptors("Commands", context.Api.Commands(module), inBand);
        if (outOfBand.Count > 0)
            Descriptors("OobCommands", context.Api.Commands(module, outOfBand: true), outOfBand);
        writer.Close();
        writer.Gap();
    }

    private void Descriptors(string property, string target, List<Command> commands)
    {
        DocWriter.Summary(writer, $"Commands whose target is an <see cref=\"api::{target}\"/>.");
        writer.Line($"public static generic::IReadOnlyList<dispatch::CommandDescriptor> {property} {{ get; }} =");
        writer.Line("[");
        writer.Indent();
        foreach (var command in commands)
            Descriptor(target, command);
        writer.Outdent();
        writer.Line("];");
        writer.Gap();
    }

    private void Descriptor(string target, Command command)
    {
        var features = context.SpecialFeatures(command);
        var arguments = context.Api.VisitorOf(context.Types.Call(command).TypeName);
        writer.Line($"new({CSharpLiteral.Text(command.Name)}, {Options(command)}, {features},");
        writer.Indent();
        writer.Line($"static (target, arguments, cancellationToken) => {ApiNames.Support}.Answer(");
        writer.Indent();
        var result = _code.Result(command);
        writer.Line($"((api::{target})target).{_code.Method(command)}(");
        writer.Line($"    {arguments}.Read(arguments, null), cancellationToken){(result is null ? "))" : "")},");
        if (result is not null)
            writer.Line($"{_values.ObjectWriter(result)})),");
        writer.Outdent();
        writer.Outdent();
    }

    private static string Options(Command command)
    {
        var options = new List<string>();
        if (command.AllowOob)
            options.Add("dispatch::CommandOptions.AllowOutOfBand");
        if (command.AllowPreconfig)
            options.Add("dispatch::CommandOptions.AllowPreconfig");
        if (!command.SuccessResponse)
            options.Add("dispatch::CommandOptions.NoSuccessResponse");
        return options.Count == 0 ? "dispatch::CommandOptions.None" : string.Join(" | ", options);
    }
}
