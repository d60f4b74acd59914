using System.Text;
using Qmp.Emulator.Machines;
using Qmp.Types;

namespace Qmp.Emulator.HumanMonitor;

/// <summary>Cards and backends as <c>info network</c> shows them.</summary>
internal static class NetworkText
{
    private const string DefaultScript = "/etc/qemu-ifup";
    private const string DefaultDownScript = "/etc/qemu-ifdown";

    /// <summary>The hubs, newest first, then what no hub has: cards, and under each what it is connected to.</summary>
    public static string Of(Networks networks)
    {
        var text = new StringBuilder();
        foreach (IGrouping<int, NetworkClient.Backend> hub in networks.Ports.GroupBy(port => port.Hub!.Value).Reverse())
        {
            text.Append(Invariant($"hub {hub.Key}\n"));
            foreach (NetworkClient.Backend port in hub.Reverse()) text.Append(Invariant($" \\ {port.Name}{(port.Peer is { } peer ? $": {Line(peer)}" : "\n")}"));
        }

        foreach (NetworkClient client in networks.Clients)
        {
            if (IsOfHub(client)) continue;
            if (client.Peer is null || client is NetworkClient.Card) text.Append(Line(client));
            if (client is NetworkClient.Card { Peer: { } peer }) text.Append(" \\ ").Append(Line(peer));
        }

        return text.ToString();
    }

    private static bool IsOfHub(NetworkClient client) =>
        client is NetworkClient.Backend { Hub: not null } or { Peer: NetworkClient.Backend { Hub: not null } };

    private static string Line(NetworkClient client) => client switch
    {
        NetworkClient.Card card => Invariant($"{card.Name}: index=0,type=nic,model={card.Model},macaddr={card.Mac}\n"),
        NetworkClient.Backend { Options: var options } => Invariant($"{client.Name}: index=0,type={options.Type.ToWireName()},{Describe(options)}\n"),
        _ => "",
    };

    // Nothing is connected here: what waits for others goes on waiting.
    private static string Describe(Netdev options) => options switch
    {
        Netdev.User { Value: var user } => Invariant($"net={UserNetwork.Parse(user.Net)},restrict={(user.Restrict == true ? "on" : "off")}"),
        Netdev.Tap { Value: { Fd: { } descriptor } } => $"fd={descriptor}",
        Netdev.Tap { Value: { Helper: { } helper } } => $"helper={helper}",
        Netdev.Tap { Value: var tap } => $"ifname={tap.Ifname},script={tap.Script ?? DefaultScript},downscript={tap.Downscript ?? DefaultDownScript}",
        Netdev.Stream { Value: { Server: true } } => "listening",
        Netdev.Stream => "connecting",
        Netdev.Socket { Value: { Mcast: { } group } } => $"socket: mcast={group}",
        Netdev.Socket { Value: { Udp: { } remote } } => $"socket: udp={remote}",
        Netdev.Dgram { Value: { Local: { } local, Remote: { } remote } } => Datagrams(local, remote),
        Netdev.Dgram { Value: { Remote: SocketAddress.Inet { Value: var group } } } => $"mcast={group.Host}:{group.Port}",
        _ => "",
    };

    private static string Datagrams(SocketAddress local, SocketAddress remote) => (local, remote) switch
    {
        (SocketAddress.Inet { Value: var here }, SocketAddress.Inet { Value: var there }) => $"udp={here.Host}:{here.Port}/{there.Host}:{there.Port}",
        (SocketAddress.Unix { Value: var here }, SocketAddress.Unix { Value: var there }) => $"udp={here.Path}:{there.Path}",
        _ => "",
    };

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
