using System.Collections.Frozen;

namespace Qmp.Conversations.Files;

/// <summary>How files call what a peer does.</summary>
internal static class PeerNames
{
    public static FrozenDictionary<string, PeerBehaviour> All { get; } = new Dictionary<string, PeerBehaviour>
    {
        ["close"] = PeerBehaviour.Close,
        ["read-close"] = PeerBehaviour.ReadThenClose,
        ["read-all"] = PeerBehaviour.ReadAll,
        ["never-read"] = PeerBehaviour.NeverRead,
        ["garbage"] = PeerBehaviour.Garbage,
        ["full"] = PeerBehaviour.Full,
    }.ToFrozenDictionary();
}
