using System.Text;
using Newtonsoft.Json.Linq;
using Qmp.Client;
using Qmp.Protocol.Json;

namespace Qmp.Shell.Session;

/// <summary>Messages as they are printed.</summary>
/// <param name="pretty">Whether to spread them over many lines, members in order of their names.</param>
internal sealed class ReplyText(bool pretty)
{
    /// <summary>A successful reply.</summary>
    public string Return(JToken result, JToken? id) => Print(WithId(new JObject { ["return"] = result }, id));

    /// <summary>A failure.</summary>
    public string Error(QmpCommandException failure, JToken? id) => Print(WithId(
        new JObject
        {
            ["error"] = new JObject
            {
                ["class"] = failure.Error.Class,
                ["desc"] = failure.Error.Description,
            },
        },
        id));

    /// <summary>A request.</summary>
    public string Request(string command, bool outOfBand, JObject arguments)
    {
        var message = new JObject { [outOfBand ? "exec-oob" : "execute"] = command };
        if (arguments.Count > 0) message["arguments"] = arguments;
        return Print(message);
    }

    /// <summary>When an event happened, as servers say it.</summary>
    public static JObject Timestamp(DateTimeOffset time) => new()
    {
        ["seconds"] = time.ToUnixTimeSeconds(),
        ["microseconds"] = time.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond,
    };

    /// <summary>An event, as the server sends it.</summary>
    public string Event(QmpEvent value)
    {
        var message = new JObject();
        if (value.Timestamp is { } time)
        {
            message["timestamp"] = Timestamp(time);
        }

        message["event"] = value.Name;
        if (value.Data is { } data) message["data"] = data;
        return Print(message);
    }

    /// <summary>Any value.</summary>
    public string Print(JToken value)
    {
        using var output = new ByteBuffer();
        using (var writer = new QmpJsonWriter(output, pretty)) (pretty ? Sorted(value) : value).WriteTo(writer);
        // On the wire lines end otherwise.
        return Encoding.ASCII.GetString(output.Span).Replace("\r\n", "\n", StringComparison.Ordinal);
    }

    private static JObject WithId(JObject message, JToken? id)
    {
        if (id is not null) message["id"] = id;
        return message;
    }

    private static JToken Sorted(JToken value) => value switch
    {
        JObject members => new JObject(members.Properties()
            .OrderBy(m => m.Name, StringComparer.Ordinal)
            .Select(m => new JProperty(m.Name, Sorted(m.Value)))),
        JArray elements => new JArray(elements.Select(Sorted)),
        _ => value,
    };
}
