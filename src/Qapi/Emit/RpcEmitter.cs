using Qapi.Model;

namespace Qapi.Emit;

/// <summary>
/// Writes what StreamJsonRpc needs to speak a schema: interfaces of commands for proxies, interfaces of events for
/// targets, and the types as a converter. It leans on types and visitors, here or in a referenced assembly.
/// </summary>
internal sealed class RpcEmitter(EmitContext context)
{
    /// <summary>The class that makes the converter.</summary>
    private const string Types = "RpcTypes";

    /// <summary>The parameter that stands for all arguments, or all data.</summary>
    private const string Whole = "[rpc::JsonRpcParameter(\"*\")]";

    private const string OutOfBandPrefix = "exec-oob:";

    private readonly CommandCode _code = new(context);
    private readonly NameScope _names = new(
        (context.Options.ApiNamespace == context.Options.Namespace ? context.Types.All : []).Append(Types), "Rpc");

    public IEnumerable<EmittedFile> Emit()
    {
        var writer = SourceFrame.Rpc("the schema", context.Options);
        Converter(writer);
        yield return new EmittedFile("Rpc.Types.g.cs", writer.ToString());
        foreach (var module in context.Schema.Modules)
        {
            var on = module.Entities.Where(context.IsOn).ToList();
            var commands = on.OfType<Command>().Where(command => command.Gen).ToList();
            var events = on.OfType<Event>().ToList();
            if (commands.Count == 0 && events.Count == 0)
                continue;
            writer = SourceFrame.Rpc(module.Name, context.Options);
            var name = context.Types.Module(module);
            Commands(writer, $"I{name}Rpc", $"Commands of {module.Name}, for a proxy.", commands, "");
            Commands(writer, $"I{name}OobRpc", $"Commands of {module.Name} run out of band, for a proxy.",
                [.. commands.Where(command => command.AllowOob)], OutOfBandPrefix);
            Events(writer, $"I{name}RpcEvents", $"Events of {module.Name}, for a target.", events);
            yield return new EmittedFile($"Rpc.{name}.g.cs", writer.ToString());
        }
    }

    private void Commands(SourceWriter writer, string name, string summary, List<Command> commands, string prefix)
    {
        if (commands.Count == 0)
            return;
        DocWriter.Summary(writer, summary);
        AttributeWriter.Type(writer);
        // The mark and the modifier are what the package's analyzer asks of interfaces that are attached.
        writer.Line("[rpc::JsonRpcContract]");
        writer.Open($"public partial interface {_names.Add(name)}");
        foreach (var command in commands)
        {
            DocWriter.Entity(writer, command, $"Command <c>{command.Name}</c>.");
            DocWriter.Returns(writer, command);
            AttributeWriter.Features(writer, context, command.Features);
            writer.Line($"[rpc::JsonRpcMethod({CSharpLiteral.Text(prefix + command.Name)})]");
            var result = _code.ResultType(command) is { } type ? $"tasks::Task<{type}>" : "tasks::Task";
            writer.Line($"{result} {_code.Method(command)}(");
            writer.Line($"    {Arguments(command)}threading::CancellationToken cancellationToken = default);");
            writer.Gap();
        }
        writer.Close();
        writer.Gap();
    }

    private string Arguments(Command command)
    {
        var call = context.Types.Call(command);
        var members = context.MembersOf(call.Type);
        if (members.Count == 0)
            return "";
        var type = _code.ArgumentsType(command);
        return members.All(context.IsOptional)
            ? $"{Whole} {type}? arguments = null, "
            : $"{Whole} {type} arguments, ";
    }

    private void Events(SourceWriter writer, string name, string summary, List<Event> events)
    {
        if (events.Count == 0)
            return;
        DocWriter.Summary(writer, summary);
        AttributeWriter.Type(writer);
        writer.Open($"public interface {_names.Add(name)}");
        foreach (var @event in events)
        {
            var call = context.Types.Call(@event);
            var data = context.MembersOf(call.Type).Count > 0
                ? $"{Whole} {CSharpType.Qualified(call.TypeName)} data, "
                : "";
            DocWriter.Entity(writer, @event, $"Event <c>{@event.Name}</c>.");
            AttributeWriter.Features(writer, context, @event.Features);
            writer.Line($"[rpc::JsonRpcMethod({CSharpLiteral.Text(@event.Name)})]");
            writer.Open($"void {context.Types.Method(@event)}({data}qmp::QmpEvent raised)");
            writer.Close();
            writer.Gap();
        }
        writer.Close();
        writer.Gap();
    }

    private void Converter(SourceWriter writer)
    {
        DocWriter.Summary(writer, "The types of the schema, for the serializer of a handler.");
        AttributeWriter.Type(writer);
        writer.Open($"public static class {Types}");
        DocWriter.Summary(writer, "Makes a converter for all of them.");
        writer.Line("/// <param name=\"strict\">Whether what the schema does not know is refused.</param>");
        writer.Open("public static qmp::QmpValueConverter CreateConverter(bool strict = false)");
        writer.Line("var converter = new qmp::QmpValueConverter(strict);");
        foreach (var entity in context.Schema.Modules.SelectMany(module => module.Entities).Where(context.IsWritten))
        {
            if (TypeOf(entity) is { } type)
            {
                var visitor = "api::" + context.Api.VisitorOf(type);
                writer.Line($"converter.Add<{CSharpType.Qualified(type)}>({visitor}.Write, {visitor}.Read);");
            }
        }
        writer.Line("return converter;");
        writer.Close();
        writer.Close();
    }

    private string? TypeOf(SchemaEntity entity) => entity switch
    {
        EnumType or ObjectType or AlternateType => context.Types.Type((SchemaType)entity),
        Command or Event when context.Types.Call(entity) is { IsOwn: true } call => call.TypeName,
        _ => null,
    };
}
