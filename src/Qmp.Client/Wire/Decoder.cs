using Newtonsoft.Json.Linq;
using Qmp.Protocol.Messages;
using Qmp.Protocol.Visitors;

namespace Qmp.Client.Wire;

/// <summary>The second phase of reading: from a tree to a generated type. It runs where the value is wanted.</summary>
internal static class Decoder
{
    /// <summary>Reads a value tolerantly.</summary>
    /// <param name="read">The generated reader.</param>
    /// <param name="value">The value; <see langword="null"/> reads as an empty object.</param>
    /// <param name="what">Command or event, for the message of a failure.</param>
    /// <exception cref="QmpProtocolException">The value does not have the shape that the schema describes.</exception>
    public static T Read<T>(ValueReader<T> read, JToken? value, string what)
    {
        var visitor = new JsonInputVisitor(tolerant: true);
        visitor.Reset(value);
        try
        {
            return read(visitor, null);
        }
        catch (VisitorException e)
        {
            throw new QmpProtocolException($"{what}: the data do not have the schema's shape: {e.Message}", e);
        }
    }
}
