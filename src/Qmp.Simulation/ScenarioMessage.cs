using System.Text;
using Newtonsoft.Json.Linq;
using Qmp.Protocol.Json;
using Qmp.Types;

namespace Qmp.Simulation;

/// <summary>Something that happened in a scenario.</summary>
/// <param name="Milliseconds">When, from the beginning of the migration; negative before it.</param>
/// <param name="On">Where, or <see langword="null"/> for both machines.</param>
/// <param name="Body">What: an event, or a command with its answer.</param>
public sealed record ScenarioMessage(double Milliseconds, ScenarioEnd? On, JObject Body)
{
    /// <summary>The name of the event, if it is one.</summary>
    public string? EventName => (string?)Body["event"];

    /// <summary>As a line of JSON, without the end of the line.</summary>
    public string ToLine() => ToLine(On);

    /// <summary>The same without the machine.</summary>
    public string ToBodyLine() => ToLine(null);

    private string ToLine(ScenarioEnd? end)
    {
        using var output = new ByteBuffer();
        using var writer = new QmpJsonWriter(output);
        writer.WriteStartObject();
        if (end is { } on)
        {
            writer.WritePropertyName("on");
            writer.WriteValue(on.ToWireName());
        }

        foreach (JProperty property in Body.Properties())
        {
            writer.WritePropertyName(property.Name);
            writer.WriteOrdered(property.Value);
        }

        writer.WriteEndObject();
        return Encoding.ASCII.GetString(output.Span);
    }
}
