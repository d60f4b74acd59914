using Qmp.Protocol.Messages;

namespace Qmp.Client;

/// <summary>What the server said of itself when it was connected to.</summary>
/// <param name="Version">Its version; <see langword="null"/> if it named none that can be read.</param>
/// <param name="Capabilities">The capabilities it offered, such as <c>oob</c>.</param>
public sealed record QmpGreeting(QmpVersion? Version, IReadOnlyList<string> Capabilities);
