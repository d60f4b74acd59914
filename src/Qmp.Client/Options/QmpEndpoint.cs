using System.Globalization;
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
        return new(path, async stop => await AsyncSocketConnection.ConnectUnixAsync(path, stop).ConfigureAwait(false));
    }

    /// <summary>A TCP port.</summary>
    public static QmpEndpoint Tcp(string host, int port)
    {
        ArgumentException.ThrowIfNullOrEmpty(host);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, ushort.MaxValue);
        return new(
            $"{host}:{port}",
            async stop => await AsyncSocketConnection.ConnectTcpAsync(host, port, stop).ConfigureAwait(false));
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
        return new(Name, async stop => wrap(await _connect(stop).ConfigureAwait(false)));
    }

    /// <summary>
    /// Reads an address as people write it: <c>unix:PATH</c>, <c>tcp:HOST:PORT</c>, <c>HOST:PORT</c> or a path.
    /// </summary>
    /// <exception cref="FormatException">It is none of them, or its port is no port.</exception>
    public static QmpEndpoint Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.StartsWith("unix:", StringComparison.Ordinal)) return Unix(NotEmpty(text, text[5..]));
        bool tcp = text.StartsWith("tcp:", StringComparison.Ordinal);
        string address = NotEmpty(text, tcp ? text[4..] : text);
        int colon = address.LastIndexOf(':');
        if (colon > 0 && !address.Contains('/') && IsNumber(address.AsSpan(colon + 1)))
        {
            return int.TryParse(address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port)
                && port is > 0 and <= ushort.MaxValue
                    ? Tcp(address[..colon].Trim('[', ']'), port)
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

    private static bool IsNumber(ReadOnlySpan<char> text) => text.Length > 0 && !text.ContainsAnyExceptInRange('0', '9');

    private static string NotEmpty(string text, string rest) =>
        rest.Length > 0 ? rest : throw new FormatException($"'{text}' is not an address");
}
