using System.Globalization;
using Qmp.Protocol.Visitors;
using Qmp.Types;

#pragma warning disable CS0618 // what is deprecated works all the same

namespace Qmp.Emulator.Options;

/// <summary>What QEMU checks of a character device before it opens it, whoever asks for it. Texts are QEMU's.</summary>
internal static class ChardevChecks
{
    /// <summary>What is said of a second device on standard input and output.</summary>
    public const string StdioIsTaken = "cannot use stdio by multiple character devices";

    /// <exception cref="VisitorException">The device contradicts itself, or there is no such kind.</exception>
    public static void Check(ChardevBackend backend)
    {
        Refuse(!ChardevKinds.All.Contains(backend.Type), ChardevKinds.Unknown(backend.Type.ToWireName()));
        switch (backend)
        {
            case ChardevBackend.Socket { Value.Data: var socket }:
                Check(socket);
                break;

            case ChardevBackend.Ringbuf { Value.Data: var ring }:
                Check(ring);
                break;

            case ChardevBackend.Memory { Value.Data: var ring }:
                Check(ring);
                break;
        }
    }

    private static void Check(ChardevRingbuf ring) => Refuse(
        ring.Size is { } size && (size <= 0 || (size & (size - 1)) != 0), "size of ringbuf chardev must be power of two");

    private static void Check(ChardevSocket socket)
    {
        bool isServer = socket.Server != false;
        Refuse(isServer && socket.Reconnect is > 0, "'reconnect' option is incompatible with socket in server listen mode");
        Refuse(isServer && socket.ReconnectMs is > 0, "'reconnect-ms' option is incompatible with socket in server listen mode");
        Refuse(!isServer && socket.Wait is not null, "'wait' option is incompatible with socket in client connect mode");
        Refuse(
            socket is { Reconnect: not null, ReconnectMs: not null }, "'reconnect' and 'reconnect-ms' are mutually exclusive");
        Refuse(
            socket.Addr is SocketAddressLegacy.Inet { Value.Data: { Ipv4: false, Ipv6: false } },
            "Cannot disable IPv4 and IPv6 at same time");
        string? withoutTls = socket.Addr switch
        {
            SocketAddressLegacy.Fd => "'fd' address type as client",
            SocketAddressLegacy.Unix => "'unix' address type",
            SocketAddressLegacy.Vsock => "'vsock' address type",
            _ => null,
        };
        Refuse(socket.TlsCreds is not null && withoutTls is not null, $"'tls_creds' option is incompatible with {withoutTls}");
        Refuse(socket is { TlsAuthz: not null, TlsCreds: null }, "'tls_authz' option requires 'tls_creds' option");
        Refuse(socket.Websocket == true || socket.Tn3270 == true, "only plain sockets and telnet are supported");
        Refuse(socket.Addr is SocketAddressLegacy.Vsock, "socket family AF_VSOCK unsupported");
    }

    /// <summary>The number that a text stands for, where it is one of a descriptor.</summary>
    public static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;

    private static void Refuse(bool condition, string text)
    {
        if (condition) throw new VisitorException(text);
    }
}
