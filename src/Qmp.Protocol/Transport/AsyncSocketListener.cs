using System.Net.Sockets;
using Qmp.Linux;
using Qmp.Linux.Addresses;

namespace Qmp.Protocol.Transport;

/// <summary>Accepts without a thread.</summary>
internal sealed class AsyncSocketListener : SocketListener
{
    private readonly Socket[] _sockets;
    private readonly Task<Socket>?[] _accepting;
    private readonly CancellationTokenSource _stop = new();

    public AsyncSocketListener(
        IReadOnlyList<DescriptorHandle> sockets, string name, IReadOnlyList<StreamAddress> addresses, string? ownPath)
        : base(name, addresses, ownPath)
    {
        _sockets = [.. sockets.Select(s => new Socket(new SafeSocketHandle(s.Release(), ownsHandle: true)))];
        _accepting = new Task<Socket>?[_sockets.Length];
    }

    public override bool IsBlocking => false;

    public override async ValueTask<IConnection?> AcceptAsync()
    {
        while (!IsStopped)
        {
            try
            {
                Socket socket = await AcceptAnyAsync().ConfigureAwait(false);
                if (socket.ProtocolType == ProtocolType.Tcp) socket.NoDelay = true;
                return new AsyncSocketConnection(socket, Name);
            }
            catch (SocketException e) when (
                e.SocketErrorCode is SocketError.ConnectionAborted or SocketError.ConnectionReset)
            {
                // The client left before it was accepted.
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                break;
            }
            catch (Exception e) when (e is SocketException or IOException or OutOfMemoryException)
            {
                await PauseAsync().ConfigureAwait(false);
            }
        }

        return null;
    }

    protected override void EndAccept() => _stop.Cancel();

    protected override void Dispose(bool disposing)
    {
        foreach (Socket socket in _sockets) socket.Dispose();
        foreach (Task<Socket>? accepting in _accepting)
        {
            // One that was accepted, but by nobody taken.
            if (accepting is { IsCompletedSuccessfully: true }) accepting.Result.Dispose();
        }
    }

    private async Task<Socket> AcceptAnyAsync()
    {
        for (int i = 0; i < _sockets.Length; i++) _accepting[i] ??= _sockets[i].AcceptAsync(_stop.Token).AsTask();
        Task<Socket> accepted = _accepting.Length == 1
            ? _accepting[0]!
            : await Task.WhenAny(_accepting!).ConfigureAwait(false);
        try
        {
            return await accepted.ConfigureAwait(false);
        }
        finally
        {
            _accepting[Array.IndexOf(_accepting, accepted)] = null;
        }
    }

    private async Task PauseAsync()
    {
#pragma warning disable RS0030 // a real port: what is short is the system's
        Task pause = Task.Delay(RetryInterval, TimeProvider.System, _stop.Token);
#pragma warning restore RS0030
        await pause.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
