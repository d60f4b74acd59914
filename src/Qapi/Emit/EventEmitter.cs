using Qapi.Model;

namespace Qapi.Emit;

/// <summary>
/// Writes a module's event descriptors, which server and client share, and the sink by which a server sends them.
/// </summary>
internal sealed class EventEmitter(SourceWriter writer, EmitContext context, SchemaModule module)
{
    public void Write(IReadOnlyList<Event> events)
    {
        Descriptors(events);
        if (context.Options.Parts.HasFlag(EmitParts.Server))
            Sink(events);
    }

    private void Descriptors(IReadOnlyList<Event> events)
    {
        DocWriter.Summary(writer, $"The events of {module.Name}.");
        AttributeWriter.Type(writer);
        writer.Open($"public static class {context.Api.EventDescriptors(module)}");
        foreach (var @event in events)
        {
            var data = context.Types.Call(@event).TypeName;
            var type = $"messages::EventDescriptor<{CSharpType.Qualified(data)}>";
            var visitor = context.Api.VisitorOf(data);
            var features = context.SpecialFeatures(@event);
            var hasData = HasData(@event) ? "true" : "false";
            DocWriter.Entity(writer, @event, $"Event <c>{@event.Name}</c>.");
            AttributeWriter.Features(writer, context, @event.Features);
            writer.Line($"public static {type} {context.Types.Method(@event)} {{ get; }} = new(");
            writer.Line($"    {CSharpLiteral.Text(@event.Name)}, {features}, {hasData},");
            writer.Line($"    {visitor}.Write, {visitor}.Read);");
            writer.Gap();
        }
        writer.Close();
        writer.Gap();
    }

    private void Sink(IReadOnlyList<Event> events)
    {
        DocWriter.Summary(writer, $"Sends the events of {module.Name}.");
        writer.Line("/// <param name=\"publisher\">Where they go.</param>");
        AttributeWriter.Type(writer);
        writer.Open($"public sealed class {context.Api.Events(module)}(events::IEventPublisher publisher)");
        foreach (var @event in events)
        {
            var method = context.Types.Method(@event);
            var type = CSharpType.Qualified(context.Types.Call(@event).TypeName);
            DocWriter.Entity(writer, @event, $"Event <c>{@event.Name}</c>.");
            AttributeWriter.Features(writer, context, @event.Features);
            writer.Line($"public void {method}({(HasData(@event) ? $"{type} data" : "")}) =>");
            writer.Line($"    publisher.Publish(api::{context.Api.EventDescriptors(module)}.{method}, "
                + $"{(HasData(@event) ? "data" : $"new {type}()")});");
            writer.Gap();
        }
        writer.Close();
        writer.Gap();
    }

    private bool HasData(Event @event) => context.MembersOf(context.Types.Call(@event).Type).Count > 0;
}
