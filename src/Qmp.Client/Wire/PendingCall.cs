using Newtonsoft.Json.Linq;

namespace Qmp.Client.Wire;

/// <summary>A command that waits for its reply.</summary>
/// <param name="command">The wire name.</param>
internal sealed class PendingCall(string command)
    : TaskCompletionSource<JToken>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public string Command => command;

    /// <summary>The id, unique on the connection.</summary>
    public long Id { get; init; }

    /// <summary>How many bytes had been handed to the transport before this request.</summary>
    public long Start { get; init; }
}
