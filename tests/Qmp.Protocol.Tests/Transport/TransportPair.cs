using System.Globalization;
using Qmp.Linux;
using Qmp.Linux.Addresses;
using Qmp.Protocol.Tests.Support;
using Qmp.Protocol.Transport;

namespace Qmp.Protocol.Tests.Transport;

/// <summary>The end under test and its peer.</summary>
internal sealed class TransportPair : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<DescriptorHandle> _shared = [];
    private SocketListener? _listener;

    public required IConnection Tested { get; init; }

    public required IConnection Peer { get; init; }

    /// <summary>Whether the tested end's descriptors are shared with whoever may change their mode.</summary>
    public bool IsShared => _shared.Count > 0;

    public static async Task<TransportPair> CreateAsync(string kind)
    {
        TransportPair pair;
        switch (kind.Replace("nonblocking ", "", StringComparison.Ordinal))
        {
            case "memory":
                (MemoryConnection first, MemoryConnection second) = MemoryConnection.CreatePair("memory");
                pair = new TransportPair { Tested = first, Peer = second };
                break;
            case "pipe":
                (DescriptorHandle inputRead, DescriptorHandle inputWrite) = Files.MakePipe();
                (DescriptorHandle outputRead, DescriptorHandle outputWrite) = Files.MakePipe();
                pair = new TransportPair
                {
                    Tested = new PipeConnection(inputRead, outputWrite, "pipe"),
                    Peer = new PipeConnection(outputRead, inputWrite, "peer"),
                };
                pair.Share(inputRead, outputWrite);
                break;
            case "socket for a pipe":
                // Standard input and output of a process that an inetd starts.
                (DescriptorHandle one, DescriptorHandle other) = Sockets.Pair();
                pair = new TransportPair
                {
                    Tested = new PipeConnection(one, new DescriptorHandle(Files.Duplicate(one), ownsHandle: true), "socket"),
                    Peer = new SocketConnection(other, "peer"),
                };
                pair.Share(one);
                break;
            case "inherited socket":
                (DescriptorHandle theirs, DescriptorHandle mine) = Sockets.Pair();
                var shared = new DescriptorHandle(Files.Duplicate(theirs), ownsHandle: true);
                pair = new TransportPair
                {
                    Tested = SocketConnection.FromDescriptor(theirs.Release()),
                    Peer = new SocketConnection(mine, "peer"),
                };
                pair.Share(shared);
                shared.Dispose();
                break;
            default:
                return await ConnectAsync(
                    kind.Contains("tcp", StringComparison.Ordinal),
                    !kind.StartsWith("async", StringComparison.Ordinal));
        }

        pair.SetNonBlocking(kind.StartsWith("nonblocking", StringComparison.Ordinal));
        return pair;
    }

    /// <summary>Changes the mode of the tested end's descriptors, as whoever shares them can.</summary>
    public void SetNonBlocking(bool value)
    {
        foreach (DescriptorHandle shared in _shared) Files.SetNonBlocking(shared, value);
    }

    /// <summary>Stops sharing, so that the peer notices when the tested end is closed.</summary>
    public void Unshare()
    {
        foreach (DescriptorHandle shared in _shared) shared.Dispose();
        _shared.Clear();
    }

    public void Dispose()
    {
        Unshare();
        Tested.Dispose();
        Peer.Dispose();
        _listener?.Dispose();
        _folder.Dispose();
    }

    private static async Task<TransportPair> ConnectAsync(bool tcp, bool blocking)
    {
        using var folder = new TemporaryFolder();
        SocketListener listener = tcp
            ? SocketListener.Tcp("127.0.0.1", 0, blocking)
            : SocketListener.Unix(folder["s"], blocking);
        Task<AsyncSocketConnection> connecting = tcp
            ? AsyncSocketConnection.ConnectTcpAsync("127.0.0.1", PortOf(listener), default)
            : AsyncSocketConnection.ConnectUnixAsync(folder["s"], default);
        Task<IConnection?> accepting = Task.Run(() => listener.AcceptAsync().AsTask());
        IConnection? accepted = await accepting.WaitAsync(TestClient.Patience);
        return new TransportPair { Tested = accepted!, Peer = await connecting, _listener = listener };
    }

    private static int PortOf(SocketListener listener) =>
        int.Parse(((StreamAddress.Inet)listener.Addresses[0]).Port, CultureInfo.InvariantCulture);

    private void Share(params ReadOnlySpan<DescriptorHandle> handles)
    {
        foreach (DescriptorHandle handle in handles)
        {
            _shared.Add(new DescriptorHandle(Files.Duplicate(handle), ownsHandle: true));
        }
    }
}
