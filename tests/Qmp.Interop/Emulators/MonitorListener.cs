using System.Net.Sockets;
using Qmp.Client;
using Qmp.Protocol.Transport;

namespace Qmp.Interop.Emulators;

/// <summary>Listens for the monitor of an emulator that connects to its client.</summary>
internal sealed class MonitorListener : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly string _path;

    /// <summary>Listens from now on.</summary>
    public MonitorListener(string path)
    {
        _path = path;
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen(1);
    }

    /// <summary>The first that connects.</summary>
    public QmpEndpoint Endpoint => QmpEndpoint.Custom(_path, async stop =>
        new AsyncSocketConnection(await _listener.AcceptAsync(stop).ConfigureAwait(false), _path));

    public void Dispose() => _listener.Dispose();
}
