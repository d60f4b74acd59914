namespace Qmp.Testing.Conversations;

/// <summary>A listener on a Unix socket that stands for the other side of a migration.</summary>
/// <param name="Path">Where it listens.</param>
/// <param name="Behaviour">What it does with the one connection that it accepts.</param>
public sealed record RecordedPeer(string Path, PeerBehaviour Behaviour);
