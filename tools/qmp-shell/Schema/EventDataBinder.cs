using Qmp.Shell.Language;

namespace Qmp.Shell.Schema;

/// <summary>Turns what was typed into what an event may bring, and refuses what no such event does.</summary>
internal sealed class EventDataBinder(LiveSchema schema)
{
    private readonly ArgumentBinder _binder = new(schema, isPart: true);

    /// <summary>A part of the event's data, with the types that they have.</summary>
    /// <exception cref="InvalidArgumentException">The event has no such data.</exception>
    public ObjectNode Bind(SchemaEvent known, ObjectNode data)
    {
        if (schema.TypeOf(known.Data) is not ObjectType type) return data;
        try
        {
            return (ObjectNode)ArgumentNode.Of(_binder.Bind(data, type));
        }
        catch (InvalidArgumentException e)
        {
            throw new InvalidArgumentException($"expect: {known.Name}: {e.Message}");
        }
    }
}
