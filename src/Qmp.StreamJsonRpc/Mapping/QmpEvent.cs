using Newtonsoft.Json.Linq;

namespace Qmp.StreamJsonRpc;

/// <summary>An event as it was sent. A target method gets it through a parameter of this type.</summary>
/// <param name="Name">The wire name, such as <c>STOP</c>.</param>
/// <param name="Data">The data, or <see langword="null"/> if there is none.</param>
/// <param name="Timestamp">
/// When it was raised, by the server's clock, to the microsecond; <see langword="null"/> if it could not tell.
/// </param>
public sealed record QmpEvent(string Name, JObject? Data, DateTimeOffset? Timestamp);
