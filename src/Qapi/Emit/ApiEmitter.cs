using Qapi.Model;

namespace Qapi.Emit;

/// <summary>Writes everything that works on types: visitors, commands, events, clients, introspection.</summary>
internal static class ApiEmitter
{
    public static IEnumerable<EmittedFile> Emit(EmitContext context)
    {
        yield return VisitorEmitter.Support(context);
        if (context.Options.Parts.HasFlag(EmitParts.Server))
        {
            var support = SourceFrame.Calls("the schema", context.Options);
            support.Lines(ApiSupport.ServerText);
            yield return new EmittedFile("Api.Support.g.cs", support.ToString());
        }
        foreach (var module in context.Schema.Modules)
        {
            if (VisitorEmitter.Module(context, module) is { } visitors)
                yield return visitors;
            if (Calls(context, module) is { } calls)
                yield return calls;
        }
        if (context.Options.Parts.HasFlag(EmitParts.Client) && FacadeEmitter.Emit(context) is { } facade)
            yield return facade;
        yield return IntrospectionEmitter.Emit(context);
    }

    private static EmittedFile? Calls(EmitContext context, SchemaModule module)
    {
        var on = module.Entities.Where(context.IsOn).ToList();
        var commands = on.OfType<Command>().Where(command => command.Gen).ToList();
        var events = on.OfType<Event>().ToList();
        if (commands.Count == 0 && events.Count == 0)
            return null;
        var writer = SourceFrame.Calls(module.Name, context.Options);
        if (commands.Count > 0)
            new CommandEmitter(writer, context, module).Write(commands);
        if (events.Count > 0)
            new EventEmitter(writer, context, module).Write(events);
        if (commands.Count > 0 && context.Options.Parts.HasFlag(EmitParts.Client))
            new ClientEmitter(writer, context, module).Write(commands);
        return new EmittedFile($"Api.{context.Types.Module(module)}.g.cs", writer.ToString());
    }
}
