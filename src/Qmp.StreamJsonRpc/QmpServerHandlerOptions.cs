using Newtonsoft.Json;
using Qmp.Protocol.Messages;

namespace Qmp.StreamJsonRpc;

/// <summary>Options of <see cref="QmpServerMessageHandler"/>.</summary>
public sealed record QmpServerHandlerOptions
{
    /// <summary>The clock that stamps events.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>The version in the greeting.</summary>
    public QmpVersion Version { get; init; } = new(10, 0, 2, "");

    /// <summary>Converts arguments, results and event data. Must not change once in use.</summary>
    public JsonSerializer Serializer { get; init; } = QmpSerializer.Create();
}
