using System.Globalization;
using Qmp.Emulator.Files;
using Qmp.Emulator.Options;
using Qmp.Linux.Addresses;
using Qmp.Protocol.Transport;
using Qmp.Tls;
using Qmp.Tls.Credentials;
using Qmp.Tls.Objects;
using Qmp.Tls.Sessions;
using Qmp.Types;

#pragma warning disable CS0618 // what is deprecated works all the same

namespace Qmp.Emulator.Chardevs;

/// <summary>Opens the socket of a character device: it listens, dials, or is there already.</summary>
/// <param name="descriptors">Descriptors that clients have passed.</param>
/// <param name="tls">Finds TLS credentials.</param>
/// <param name="report">Is told that nobody listens yet, where dialling goes on.</param>
internal sealed class SocketChardev(PassedDescriptors descriptors, ITlsObjects tls, Action<string> report)
{
    /// <summary>Opens the socket; one that dials without dialling again is connected then.</summary>
    /// <param name="id">The device's name.</param>
    /// <param name="socket">What it is.</param>
    /// <exception cref="TransportException">The socket cannot be had.</exception>
    public OpenedChardev Open(string id, ChardevSocket socket)
    {
        bool isTelnet = socket.Telnet == true;
        TlsCredentials? credentials = CredentialsOf(socket);
        IConnectionSource opened = OpenSource(id, socket);
        string address = socket.Addr is SocketAddressLegacy.Fd fd
            ? $"fd:{fd.Value.Data.Str}"
            : Text(opened is SocketListener { Addresses: [var first, ..] } ? first : AddressOf(socket.Addr), isTelnet);
        IConnectionSource plain = credentials is null ? opened : new TlsConnections(opened, () => SessionOf(socket, credentials));
        return new OpenedChardev(isTelnet ? new TelnetConnections(plain) : plain)
        {
            File = address + (socket.Server != false ? ",server=on" : ""),
        };
    }

    /// <summary>The address of a socket that is no descriptor.</summary>
    public static StreamAddress AddressOf(SocketAddressLegacy address) => address switch
    {
        SocketAddressLegacy.Inet { Value.Data: var inet } =>
            new StreamAddress.Inet(inet.Host, inet.Port)
            {
                To = inet.To,
                Ipv4 = inet.Ipv4,
                Ipv6 = inet.Ipv6,
                KeepsAlive = inet.KeepAlive == true,
                KeepAliveCount = inet.KeepAliveCount ?? 0,
                KeepAliveIdle = inet.KeepAliveIdle ?? 0,
                KeepAliveInterval = inet.KeepAliveInterval ?? 0,
            },
        SocketAddressLegacy.Unix { Value.Data: var unix } =>
            new StreamAddress.Unix(unix.Path) { IsAbstract = unix.Abstract == true, IsTight = unix.Tight != false },
        _ => throw new ArgumentOutOfRangeException(nameof(address)),
    };

    private TlsCredentials? CredentialsOf(ChardevSocket socket)
    {
        try
        {
            return socket.TlsCreds is { } id ? tls.Credentials(id, socket.Server == false ? TlsEndpoint.Client : TlsEndpoint.Server) : null;
        }
        catch (TlsException e)
        {
            throw new TransportException(e.Message);
        }
    }

    private TlsSessionOptions SessionOf(ChardevSocket socket, TlsCredentials credentials) => new(credentials)
    {
        HostName = socket is { Server: false, Addr: SocketAddressLegacy.Inet inet } ? inet.Value.Data.Host : null,
        Authorization = socket.TlsAuthz is { Length: > 0 } id ? () => tls.Authorization(id) : null,
    };

    private IConnectionSource OpenSource(string id, ChardevSocket socket)
    {
        bool isServer = socket.Server != false;
        if (socket.Addr is SocketAddressLegacy.Fd { Value.Data.Str: var name })
        {
            int descriptor = ChardevChecks.Number(name) ?? descriptors.Named.Take(name);
            if (descriptor < 0) throw new TransportException($"File descriptor named '{name}' has not been found");
            return isServer
                ? SocketListener.FromDescriptor(descriptor)
                : new SingleConnection(SocketConnection.FromDescriptor(descriptor), isBlocking: true);
        }

        StreamAddress address = AddressOf(socket.Addr);
        if (isServer) return SocketListener.Listen(address);
        TimeSpan interval = Interval(socket);
        return interval > TimeSpan.Zero
            ? new SocketConnector(address, interval, reason => report($"Unable to connect character device {id}: {reason}"))
            : new SingleConnection(SocketConnection.Connect(address), isBlocking: true);
    }

    private static string Text(StreamAddress address, bool isTelnet)
    {
        string protocol = isTelnet ? "telnet" : "tcp";
        return address switch
        {
            StreamAddress.Unix unix => $"unix:{unix.Path}",
            StreamAddress.Inet { Host: var host } inet when host.Contains(':', StringComparison.Ordinal) =>
                string.Create(CultureInfo.InvariantCulture, $"{protocol}:[{host}]:{inet.Port}"),
            _ => $"{protocol}:{address}",
        };
    }

    private static TimeSpan Interval(ChardevSocket socket) => socket.ReconnectMs is { } milliseconds
        ? TimeSpan.FromMilliseconds(Math.Min(milliseconds, int.MaxValue))
        : TimeSpan.FromSeconds(Math.Min(socket.Reconnect ?? 0, int.MaxValue / 1000));
}
