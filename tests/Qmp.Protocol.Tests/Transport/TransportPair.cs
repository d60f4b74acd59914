using System.IO.Pipes;
using System.Net;
using Microsoft.Win32.SafeHandles;
using Qmp.Protocol.Tests.Support;
using Qmp.Protocol.Transport;

namespace Qmp.Protocol.Tests.Transport;

/// <summary>The end under test and its peer.</summary>
internal sealed class TransportPair : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private IConnectionSource? _listener;

    public required IConnection Tested { get; init; }

    public required IConnection Peer { get; init; }

    public static async Task<TransportPair> CreateAsync(string kind)
    {
        switch (kind)
        {
            case "memory":
                (MemoryConnection first, MemoryConnection second) = MemoryConnection.CreatePair("memory");
                return new TransportPair { Tested = first, Peer = second };
            case "pipe":
                (SafeFileHandle inputRead, SafeFileHandle inputWrite) = Pipe();
                (SafeFileHandle outputRead, SafeFileHandle outputWrite) = Pipe();
                return new TransportPair
                {
                    Tested = new PipeConnection(inputRead, outputWrite, "pipe"),
                    Peer = new PipeConnection(outputRead, inputWrite, "peer"),
                };
            default:
                return await ConnectAsync(
                    kind.Contains("tcp", StringComparison.Ordinal),
                    !kind.StartsWith("async", StringComparison.Ordinal));
        }
    }

    public void Dispose()
    {
        Tested.Dispose();
        Peer.Dispose();
        _listener?.Dispose();
        _folder.Dispose();
    }

    private static (SafeFileHandle Read, SafeFileHandle Write) Pipe()
    {
        var stream = new AnonymousPipeServerStream(PipeDirection.In);
        return (Take(stream.SafePipeHandle), Take(stream.ClientSafePipeHandle));
    }

    private static SafeFileHandle Take(SafePipeHandle handle)
    {
        var taken = new SafeFileHandle(handle.DangerousGetHandle(), ownsHandle: true);
        handle.SetHandleAsInvalid();
        return taken;
    }

    private static async Task<TransportPair> ConnectAsync(bool tcp, bool blocking)
    {
        using var folder = new TemporaryFolder();
        SocketListener listener = tcp
            ? SocketListener.Tcp("127.0.0.1", 0, blocking)
            : SocketListener.Unix(folder["s"], blocking);
        Task<AsyncSocketConnection> connecting = tcp
            ? AsyncSocketConnection.ConnectTcpAsync("127.0.0.1", ((IPEndPoint)listener.LocalEndPoint!).Port, default)
            : AsyncSocketConnection.ConnectUnixAsync(folder["s"], default);
        Task<IConnection?> accepting = Task.Run(() => listener.AcceptAsync().AsTask());
        IConnection? accepted = await accepting.WaitAsync(TestClient.Patience);
        return new TransportPair { Tested = accepted!, Peer = await connecting, _listener = listener };
    }
}
