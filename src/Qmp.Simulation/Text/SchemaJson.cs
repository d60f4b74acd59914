using System.Text;
using Qmp.Protocol.Json;
using Qmp.Protocol.Messages;
using Qmp.Protocol.Visitors;

namespace Qmp.Simulation.Text;

/// <summary>Values of types of the schema as JSON.</summary>
public static class SchemaJson
{
    /// <summary>A line, without its end.</summary>
    /// <param name="write">Writes values of the type.</param>
    /// <param name="value">The value.</param>
    public static string Line<T>(ValueWriter<T> write, T value)
    {
        using var output = new ByteBuffer();
        write(new JsonOutputVisitor(output), [], value);
        return Encoding.ASCII.GetString(output.Span);
    }
}
