using System.Threading.Channels;
using Qmp.Protocol.Threading;

namespace Qmp.Protocol.Transport;

/// <summary>Listens inside the process: machines without sockets, and tests.</summary>
/// <param name="name">Names the listener in logs.</param>
/// <param name="capacity">Bytes that each direction of a connection holds before a sender has to wait.</param>
public sealed class MemoryListener(string name, int capacity = 1 << 18) : IConnectionSource
{
    private readonly Channel<IConnection> _waiting = Channel.CreateUnbounded<IConnection>();

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public bool IsBlocking => false;

    /// <summary>Connects; the other end waits until it is accepted.</summary>
    /// <exception cref="TransportException">The listener was stopped.</exception>
    public MemoryConnection Connect()
    {
        (MemoryConnection client, MemoryConnection server) = MemoryConnection.CreatePair(name, capacity);
        return _waiting.Writer.TryWrite(server)
            ? client
            : throw new TransportException($"{name} does not listen any more");
    }

    /// <inheritdoc/>
    public async ValueTask<IConnection?> AcceptAsync()
    {
        while (await _waiting.Reader.WaitToReadAsync().ConfigureAwait(OrderedContext.IsCurrent))
        {
            if (_waiting.Reader.TryRead(out IConnection? transport)) return transport;
        }

        return null;
    }

    /// <inheritdoc/>
    public void Stop()
    {
        _waiting.Writer.TryComplete();
        while (_waiting.Reader.TryRead(out IConnection? transport)) transport.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => Stop();
}
