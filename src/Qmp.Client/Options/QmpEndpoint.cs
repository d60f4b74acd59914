using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Qmp.Protocol.Threading;
using Qmp.Protocol.Transport;

namespace Qmp.Client;

/// <summary>The address of a server.</summary>
public sealed class QmpEndpoint
{
    private readonly Func<CancellationToken, ValueTask<IConnection>> _connect;

    private QmpEndpoint(string name, Func<CancellationToken, ValueTask<IConnection>> connect)
    {
        Name = name;
        _connect = connect;
    }

    /// <summary>The address, for people.</summary>
    public string Name { get; }

    /// <summary>A Unix socket.</summary>
    public static QmpEndpoint Unix(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new(path, async stop => await AsyncSocketConnection.ConnectUnixAsync(path, stop).ConfigureAwait(OrderedContext.IsCurrent));
    }

    /// <summary>A TCP port.</summary>
    public static QmpEndpoint Tcp(string host, int port)
    {
        ArgumentException.ThrowIfNullOrEmpty(host);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, ushort.MaxValue);
        return new(
            $"{host}:{port}",
            async stop => await AsyncSocketConnection.ConnectTcpAsync(host, port, stop).ConfigureAwait(OrderedContext.IsCurrent));
    }

    /// <summary>A TCP port whose server speaks TLS from the first byte on, as QEMU's <c>-chardev socket,tls-creds=…</c> does.</summary>
    /// <param name="host">The host; its certificate must bear this name unless the options say another.</param>
    /// <param name="port">The port.</param>
    /// <param name="tls">Whom to trust and who one is; without them, whoever the system trusts, and nobody. See <see cref="TlsFolder"/>.</param>
    public static QmpEndpoint Tls(string host, int port, SslClientAuthenticationOptions? tls = null)
    {
        Tcp(host, port);
        return new($"tls:{host}:{port}", stop => ConnectTlsAsync(host, port, tls ?? new(), stop));
    }

    /// <summary>A connected transport; taken over, and good for one connection.</summary>
    public static QmpEndpoint Over(IConnection transport)
    {
        ArgumentNullException.ThrowIfNull(transport);
        int taken = 0;
        return new(transport.Name, _ => Interlocked.Exchange(ref taken, 1) != 0
            ? throw new QmpUsageException($"{transport.Name} is connected and cannot be connected again")
            : new(transport));
    }

    /// <summary>
    /// A connected stream that can be read and written at the same time; taken over, for one connection.
    /// </summary>
    public static QmpEndpoint Over(Stream stream, string name = "stream")
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Over(new StreamConnection(stream, name));
    }

    /// <summary>Any other way to get a transport.</summary>
    /// <param name="name">The address, for people.</param>
    /// <param name="connect">
    /// Connects; called anew for every connection. It throws <see cref="TransportException"/> if no server listens.
    /// </param>
    public static QmpEndpoint Custom(string name, Func<CancellationToken, ValueTask<IConnection>> connect)
    {
        ArgumentNullException.ThrowIfNull(connect);
        return new(name, connect);
    }

    /// <summary>The same server through another transport, for those who watch or disturb what is said.</summary>
    /// <param name="wrap">Makes that transport of the one that was connected, and takes it over.</param>
    public QmpEndpoint Through(Func<IConnection, IConnection> wrap)
    {
        ArgumentNullException.ThrowIfNull(wrap);
        return new(Name, async stop => wrap(await _connect(stop).ConfigureAwait(OrderedContext.IsCurrent)));
    }

    /// <summary>
    /// Reads an address as people write it: <c>unix:PATH</c>, <c>tcp:HOST:PORT</c>, <c>tls:HOST:PORT</c>, <c>HOST:PORT</c> or a path.
    /// </summary>
    /// <exception cref="FormatException">It is none of them, or its port is no port.</exception>
    public static QmpEndpoint Parse(string text) => Parse(text, null);

    /// <summary>Reads an address as people write it, for servers that want certificates.</summary>
    /// <param name="text">The address.</param>
    /// <param name="tls">For <c>tls:</c>; see <see cref="Tls"/>.</param>
    /// <exception cref="FormatException">It is none of them, or its port is no port.</exception>
    public static QmpEndpoint Parse(string text, SslClientAuthenticationOptions? tls)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.StartsWith("unix:", StringComparison.Ordinal)) return Unix(NotEmpty(text, text[5..]));
        bool isTls = text.StartsWith("tls:", StringComparison.Ordinal);
        bool tcp = isTls || text.StartsWith("tcp:", StringComparison.Ordinal);
        string address = NotEmpty(text, tcp ? text[4..] : text);
        int colon = address.LastIndexOf(':');
        if (colon > 0 && !address.Contains('/') && IsNumber(address.AsSpan(colon + 1)))
        {
            return int.TryParse(address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port)
                && port is > 0 and <= ushort.MaxValue
                    ? isTls ? Tls(address[..colon].Trim('[', ']'), port, tls) : Tcp(address[..colon].Trim('[', ']'), port)
                    : throw new FormatException(
                        $"'{text}': port {address[(colon + 1)..]} is out of range, 1 to {ushort.MaxValue};"
                            + " a socket of that name is written unix:PATH");
        }

        return tcp ? throw new FormatException($"'{text}' is no HOST:PORT") : Unix(address);
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    internal ValueTask<IConnection> ConnectAsync(CancellationToken cancellationToken) =>
        _connect(cancellationToken);

    private static async ValueTask<IConnection> ConnectTlsAsync(
        string host, int port, SslClientAuthenticationOptions options, CancellationToken cancellationToken)
    {
        var client = new TcpClient { NoDelay = true };
        SslStream? stream = null;
        try
        {
            await client.ConnectAsync(host, port, cancellationToken).ConfigureAwait(false);
            stream = new SslStream(client.GetStream());
            await stream.AuthenticateAsClientAsync(Named(options, host), cancellationToken).ConfigureAwait(false);
            return new StreamConnection(stream, $"tls:{host}:{port}");
        }
        catch (Exception e)
        {
            if (stream is not null) await stream.DisposeAsync().ConfigureAwait(false);
            client.Dispose();
            if (e is not (IOException or SocketException or AuthenticationException)) throw;
            throw new TransportException($"Failed to connect to 'tls:{host}:{port}': {e.Message}", e);
        }
    }

    // A copy: options may be used for many connections, and those that name no host are for any.
    private static SslClientAuthenticationOptions Named(SslClientAuthenticationOptions options, string host) => new()
    {
        TargetHost = options.TargetHost is { Length: > 0 } name ? name : host,
        AllowRenegotiation = options.AllowRenegotiation,
        ApplicationProtocols = options.ApplicationProtocols,
        CertificateChainPolicy = options.CertificateChainPolicy,
        CertificateRevocationCheckMode = options.CertificateRevocationCheckMode,
        CipherSuitesPolicy = options.CipherSuitesPolicy,
        ClientCertificateContext = options.ClientCertificateContext,
        ClientCertificates = options.ClientCertificates,
        EnabledSslProtocols = options.EnabledSslProtocols,
        LocalCertificateSelectionCallback = options.LocalCertificateSelectionCallback,
        RemoteCertificateValidationCallback = options.RemoteCertificateValidationCallback,
    };

    private static bool IsNumber(ReadOnlySpan<char> text) => text.Length > 0 && !text.ContainsAnyExceptInRange('0', '9');

    private static string NotEmpty(string text, string rest) =>
        rest.Length > 0 ? rest : throw new FormatException($"'{text}' is not an address");
}
