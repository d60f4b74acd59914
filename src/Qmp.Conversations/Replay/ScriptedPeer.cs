using System.Net.Sockets;

namespace Qmp.Conversations.Replay;

/// <summary>A listener on a Unix socket that stands for the other side of a migration.</summary>
internal sealed class ScriptedPeer : IDisposable
{
    private static readonly byte[] Garbage = [.. Enumerable.Repeat((byte)0xff, 64)];

    private readonly Socket _listener = NewSocket();
    private readonly List<Socket> _connections = [];
    private readonly Task _serving;

    /// <summary>Listens from now on.</summary>
    public ScriptedPeer(string path, PeerBehaviour behaviour)
    {
        var endPoint = new UnixDomainSocketEndPoint(path);
        _listener.Bind(endPoint);
        if (behaviour == PeerBehaviour.Full)
        {
            _listener.Listen(0);
            FillBacklog(endPoint);
            _serving = Task.CompletedTask;
            return;
        }

        _listener.Listen(1);
        _serving = ServeAsync(behaviour);
    }

    public void Dispose()
    {
        _listener.Dispose();
        foreach (Socket connection in _connections) connection.Dispose();
        _serving.GetAwaiter().GetResult();
    }

    private static Socket NewSocket() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    // A backlog of 0 has room for one; the second client finds it full.
    private void FillBacklog(UnixDomainSocketEndPoint endPoint)
    {
        for (int i = 0; i < 2; i++)
        {
            Socket client = NewSocket();
            client.Blocking = false;
            _connections.Add(client);
            try
            {
                client.Connect(endPoint);
            }
            catch (SocketException)
            {
                // That is what is wanted.
            }
        }
    }

    private async Task ServeAsync(PeerBehaviour behaviour)
    {
        try
        {
            Socket peer = await _listener.AcceptAsync().ConfigureAwait(false);
            lock (_connections) _connections.Add(peer);
            byte[] buffer = new byte[1 << 16];
            if (behaviour == PeerBehaviour.Garbage) await peer.SendAsync(Garbage).ConfigureAwait(false);
            if (behaviour == PeerBehaviour.ReadThenClose)
            {
                await peer.ReceiveAsync(buffer.AsMemory(0, 1000)).ConfigureAwait(false);
            }

            if (behaviour is PeerBehaviour.Close or PeerBehaviour.ReadThenClose) peer.Dispose();
            if (behaviour is not (PeerBehaviour.ReadAll or PeerBehaviour.Garbage)) return;
            while (await peer.ReceiveAsync(buffer).ConfigureAwait(false) > 0)
            {
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The emulator left, or the conversation is over.
        }
    }
}
