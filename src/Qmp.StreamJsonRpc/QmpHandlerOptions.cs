using Newtonsoft.Json;

namespace Qmp.StreamJsonRpc;

/// <summary>Options of <see cref="QmpMessageHandler"/>.</summary>
public sealed record QmpHandlerOptions
{
    /// <summary>Whether to enable <c>oob</c> where the server offers it. On by default.</summary>
    public bool EnableOutOfBand { get; init; } = true;

    /// <summary>Converts arguments, results and event data. Must not change once in use.</summary>
    public JsonSerializer Serializer { get; init; } = QmpSerializer.Create();
}
