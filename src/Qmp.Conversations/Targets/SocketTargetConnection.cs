using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Qmp.Conversations.Interop;

namespace Qmp.Conversations.Targets;

/// <summary>A connection over a Unix socket.</summary>
public sealed class SocketTargetConnection : ITargetConnection
{
    private readonly Socket _socket;

    private SocketTargetConnection(Socket socket) => _socket = socket;

    /// <summary>Connects to a monitor.</summary>
    /// <param name="path">The socket's path.</param>
    /// <returns><see langword="null"/> if no server listens there.</returns>
    public static async ValueTask<ITargetConnection?> TryConnectAsync(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path)).ConfigureAwait(false);
            return new SocketTargetConnection(socket);
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        try
        {
            return await _socket.ReceiveAsync(buffer).ConfigureAwait(false);
        }
        catch (Exception e) when (IsEnd(e))
        {
            return 0;
        }
    }

    /// <inheritdoc/>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, IReadOnlyList<SafeFileHandle> descriptors)
    {
        try
        {
            if (descriptors.Count > 0)
            {
                int sent = LibC.SendDescriptors(_socket.SafeHandle, bytes.Span, descriptors);
                bytes = bytes[sent..];
            }

            while (!bytes.IsEmpty) bytes = bytes[await _socket.SendAsync(bytes).ConfigureAwait(false)..];
        }
        catch (Exception e) when (IsEnd(e))
        {
            // The end of what is received tells.
        }
    }

    /// <inheritdoc/>
    public void EndSending()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (IsEnd(e))
        {
            // The emulator was faster.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private static bool IsEnd(Exception e) =>
        e is SocketException or ObjectDisposedException or OperationCanceledException;
}
