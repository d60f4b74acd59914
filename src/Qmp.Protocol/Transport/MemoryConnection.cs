using Qmp.Protocol.Threading;

namespace Qmp.Protocol.Transport;

/// <summary>One end of a connection inside the process.</summary>
public sealed class MemoryConnection : IConnection, ISendPort
{
    private readonly MemoryPipe _input;
    private readonly MemoryPipe _output;
    private readonly WakeSignal _wake = new();
    private readonly SendQueue _sending;
    private MemoryConnection? _peer;
    private volatile bool _disposed;

    private MemoryConnection(MemoryPipe input, MemoryPipe output, string name)
    {
        _input = input;
        _output = output;
        _sending = new SendQueue(this);
        Name = name;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public long Backlog => _sending.Backlog;

    /// <inheritdoc/>
    public bool IsHungUp => _disposed || (_input.WriterGone && _output.ReaderGone);

    /// <summary>Makes the two ends of a connection.</summary>
    /// <param name="name">Names the connection in logs.</param>
    /// <param name="capacity">
    /// Bytes that each direction holds before a sender has to wait, as a socket's buffer.
    /// </param>
    public static (MemoryConnection First, MemoryConnection Second) CreatePair(string name, int capacity = 1 << 18)
    {
        var there = new MemoryPipe(capacity);
        var back = new MemoryPipe(capacity);
        var first = new MemoryConnection(back, there, name);
        var second = new MemoryConnection(there, back, name) { _peer = first };
        first._peer = second;
        return (first, second);
    }

    /// <inheritdoc/>
    public async ValueTask<int> ReceiveAsync(Memory<byte> buffer, bool wakeable)
    {
        while (true)
        {
            if (wakeable && _wake.TryConsume()) return IConnection.Woken;
            int received = _input.TryRead(buffer.Span);
            if (received >= 0) return received;
            if (wakeable) await Task.WhenAny(_input.WhenReadable(), _wake.Task).ConfigureAwait(OrderedContext.IsCurrent);
            else await _input.WhenReadable().ConfigureAwait(OrderedContext.IsCurrent);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<bool> WaitForWakeAsync()
    {
        while (!_wake.TryConsume())
        {
            if (IsHungUp) return false;
            await _wake.Task.ConfigureAwait(OrderedContext.IsCurrent);
        }

        return !IsHungUp;
    }

    /// <inheritdoc/>
    public void Wake() => _wake.Set();

    /// <inheritdoc/>
    public void Send(ReadOnlySpan<byte> bytes) => _sending.Send(bytes);

    /// <summary>Ends this end's bytes; it can go on receiving.</summary>
    public void EndSending() => _output.EndWriting();

    /// <inheritdoc/>
    public async ValueTask DrainAsync(CancellationToken cancellationToken) =>
        await _sending.WhenDrained().WaitAsync(cancellationToken)
            .ConfigureAwait(OrderedContext.Quietly);

    /// <inheritdoc/>
    public void StopReceiving()
    {
        _input.EndReading();
        _wake.Set();
    }

    /// <inheritdoc/>
    public int TakeDescriptor() => -1;

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        _sending.Break();
        _input.EndReading();
        _output.EndWriting();
        _wake.Set();
        _peer?._wake.Set();
    }

    int ISendPort.TrySend(ReadOnlySpan<byte> bytes) => _output.TryWrite(bytes);

    async ValueTask<int> ISendPort.SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (true)
        {
            await _output.WhenWritable().ConfigureAwait(OrderedContext.IsCurrent);
            int sent = _output.TryWrite(bytes.Span);
            if (sent != TransferResult.WouldBlock) return sent;
        }
    }

    void ISendPort.StartWriter(Func<Task> writer) => OrderedContext.Run(writer);
}
