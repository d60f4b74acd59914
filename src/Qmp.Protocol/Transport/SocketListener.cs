using System.Globalization;
using Qmp.Linux;
using Qmp.Linux.Addresses;

namespace Qmp.Protocol.Transport;

/// <summary>Listens on a Unix path, a TCP port or an inherited descriptor.</summary>
/// <remarks>
/// <para>The kernel lets one more client wait, as with QEMU; the server accepts it when the first one leaves.</para>
/// <para>Nothing that goes wrong while a client is accepted ends the listener. Where descriptors or memory are short it
/// tries again, some twenty times a second, until there is room: the client waits as long.</para>
/// </remarks>
public abstract class SocketListener : IConnectionSource
{
    /// <summary>How long a listener waits after a failure that will not pass by itself at once.</summary>
    protected static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(50);

    private const int Backlog = 1;

    private readonly string? _ownPath;
    private int _stopped;

    private protected SocketListener(string name, IReadOnlyList<StreamAddress> addresses, string? ownPath)
    {
        Name = name;
        Addresses = addresses;
        _ownPath = ownPath;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public abstract bool IsBlocking { get; }

    /// <summary>
    /// What is listened on: the ports that the kernel has chosen, the path of a socket that was given none.
    /// </summary>
    public IReadOnlyList<StreamAddress> Addresses { get; }

    /// <summary>Whether the listener was stopped.</summary>
    protected bool IsStopped => Volatile.Read(ref _stopped) != 0;

    /// <summary>
    /// Listens on a path. What is there is removed first, as QEMU does; the path goes when the listener does.
    /// </summary>
    /// <param name="path">At most 108 bytes.</param>
    /// <param name="isBlocking">Whether connections get a thread each (<see cref="SocketConnection"/>).</param>
    /// <exception cref="TransportException">The path cannot be listened on.</exception>
    public static SocketListener Unix(string path, bool isBlocking = true) =>
        Listen(new StreamAddress.Unix(path), isBlocking);

    /// <summary>Listens on a TCP port.</summary>
    /// <param name="host">A name or a numeric address; empty for all addresses, IPv4 and IPv6.</param>
    /// <param name="port">The port; 0 lets the kernel choose.</param>
    /// <param name="isBlocking">Whether connections get a thread each (<see cref="SocketConnection"/>).</param>
    /// <exception cref="TransportException">The address cannot be listened on.</exception>
    public static SocketListener Tcp(string host, int port, bool isBlocking = true) =>
        Listen(new StreamAddress.Inet(host, port.ToString(CultureInfo.InvariantCulture)), isBlocking);

    /// <summary>Listens on any address, on all that its name stands for.</summary>
    /// <param name="address">The address.</param>
    /// <param name="isBlocking">Whether connections get a thread each (<see cref="SocketConnection"/>).</param>
    /// <exception cref="TransportException">The address cannot be listened on.</exception>
    public static SocketListener Listen(StreamAddress address, bool isBlocking = true)
    {
        if (address is StreamAddress.Unix unix) address = StreamSockets.Named(unix);
        try
        {
            string? ownPath = address is StreamAddress.Unix { IsAbstract: false } file ? file.Path : null;
            return Over(StreamSockets.Listen(address, Backlog), address.ToString(), isBlocking, ownPath);
        }
        catch (IOException e)
        {
            throw TransportException.From(e);
        }
    }

    /// <summary>
    /// Takes over an inherited descriptor that is bound and listens, whatever mode it is in; a client may be waiting
    /// already.
    /// </summary>
    /// <exception cref="TransportException">The descriptor is no such socket; it stays the caller's then.</exception>
    public static SocketListener FromDescriptor(int descriptor, bool isBlocking = true)
    {
        if (!SocketOptions.IsSocket(descriptor)) throw Refused(descriptor, "is not a socket");
        if (!SocketOptions.IsListening(descriptor)) throw Refused(descriptor, "does not listen");
        return Over([new DescriptorHandle(descriptor, ownsHandle: true)], $"fd:{descriptor}", isBlocking, null);
    }

    /// <inheritdoc/>
    public abstract ValueTask<IConnection?> AcceptAsync();

    /// <inheritdoc/>
    public void Stop()
    {
        if (Interlocked.Exchange(ref _stopped, 1) != 0) return;
        EndAccept();
        if (_ownPath is not null) _ = Files.Unlink(_ownPath);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Stop();
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Wakes whoever accepts.</summary>
    protected abstract void EndAccept();

    /// <summary>Closes the sockets.</summary>
    protected abstract void Dispose(bool disposing);

    private static SocketListener Over(
        IReadOnlyList<DescriptorHandle> sockets, string name, bool isBlocking, string? ownPath)
    {
        StreamAddress[] addresses = [.. sockets.Select(StreamSockets.LocalAddress)];
        return isBlocking
            ? new BlockingSocketListener(sockets, name, addresses, ownPath)
            : new AsyncSocketListener(sockets, name, addresses, ownPath);
    }

    private static TransportException Refused(int descriptor, string why) =>
        new($"File descriptor '{descriptor}' {why}");
}
