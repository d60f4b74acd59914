using System.Globalization;
using Qmp.Linux.Addresses;
using Qmp.Protocol.Transport;
using Qmp.Types;

namespace Qmp.Emulator.Chardevs;

/// <summary>Opens the socket of a character device: it listens, dials, or is there already.</summary>
internal static class SocketChardev
{
    /// <summary>Opens the socket; one that dials without dialling again is connected then.</summary>
    /// <param name="id">The device's name.</param>
    /// <param name="socket">What it is.</param>
    /// <param name="report">Is told that nobody listens yet, where dialling goes on.</param>
    /// <exception cref="TransportException">The socket cannot be had.</exception>
    public static IConnectionSource Open(string id, ChardevSocketOptions socket, Action<string> report)
    {
        bool isServer = socket.Server == true;
        if (socket.Fd is { } text)
        {
            int descriptor = int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
            return isServer
                ? SocketListener.FromDescriptor(descriptor)
                : new SingleConnection(SocketConnection.FromDescriptor(descriptor), isBlocking: true);
        }

        StreamAddress address = AddressOf(socket);
        if (isServer) return SocketListener.Listen(address);
        TimeSpan interval = Interval(socket);
        return interval > TimeSpan.Zero
            ? new SocketConnector(address, interval, reason => report($"Unable to connect character device {id}: {reason}"))
            : new SingleConnection(SocketConnection.Connect(address), isBlocking: true);
    }

    /// <summary>The address of a socket that is no inherited one.</summary>
    public static StreamAddress AddressOf(ChardevSocketOptions socket) => socket.Host is { } host
        ? new StreamAddress.Inet(host, socket.Port ?? "") { To = socket.To, Ipv4 = socket.Ipv4, Ipv6 = socket.Ipv6 }
        : new StreamAddress.Unix(socket.Path ?? "") { IsAbstract = socket.Abstract == true, IsTight = socket.Tight != false };

    private static TimeSpan Interval(ChardevSocketOptions socket) => socket.ReconnectMs is { } milliseconds
        ? TimeSpan.FromMilliseconds(Math.Min(milliseconds, int.MaxValue))
        : TimeSpan.FromSeconds(Math.Min(socket.Reconnect ?? 0, int.MaxValue / 1000));
}
