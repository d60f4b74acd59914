using System.Net.Sockets;

namespace Qmp.EndToEnd.Tests.Interop.Scripted;

/// <summary>A source in the test's hands: sends what it is given, and keeps what comes back.</summary>
internal sealed class ScriptedSource : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    /// <summary>Connects.</summary>
    public ScriptedSource(string path) => _socket.Connect(new UnixDomainSocketEndPoint(path));

    /// <summary>Sends bytes. A destination that hangs up meanwhile shows what it thinks of them elsewhere.</summary>
    public void Send(ReadOnlySpan<byte> bytes)
    {
        try
        {
            while (!bytes.IsEmpty) bytes = bytes[_socket.Send(bytes)..];
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
        {
            // It was refused before its end.
        }
    }

    /// <summary>Sends the end, and goes on reading.</summary>
    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Everything that comes back until the destination hangs up.</summary>
    public async Task<byte[]> ReadToEndAsync()
    {
        using var received = new MemoryStream();
        byte[] chunk = new byte[1 << 10];
        try
        {
            while (await _socket.ReceiveAsync(chunk) is var count and > 0) received.Write(chunk, 0, count);
        }
        catch (SocketException)
        {
            // It hung up without having read everything.
        }

        return received.ToArray();
    }

    public void Dispose() => _socket.Dispose();
}
