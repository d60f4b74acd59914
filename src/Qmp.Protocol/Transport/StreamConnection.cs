namespace Qmp.Protocol.Transport;

/// <summary>A connection over any stream that reads and writes: TLS, a pipe, a tunnel.</summary>
/// <remarks>
/// A failure of the stream comes out of <see cref="ReceiveAsync"/> as the stream's own exception. Reading and writing
/// happen at the same time, which the stream must allow.
/// </remarks>
public sealed class StreamConnection : IConnection, ISendPort
{
    private const int BufferSize = 16 << 10;

    private readonly Stream _stream;
    private readonly byte[] _buffer = new byte[BufferSize];
    private readonly CancellationTokenSource _stop = new();
    private readonly WakeSignal _wake = new();
    private readonly SendQueue _sending;

    // The read that a wake-up left behind, then what it got.
    private Task<int>? _reading;
    private int _at;
    private int _end;

    /// <summary>Takes over a stream.</summary>
    /// <param name="stream">Readable and writable; disposed together with this.</param>
    /// <param name="name">Names the connection in logs.</param>
    public StreamConnection(Stream stream, string name)
    {
        _stream = stream;
        _sending = new SendQueue(this);
        Name = name;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public long Backlog => _sending.Backlog;

    /// <inheritdoc/>
    /// <remarks>A stream says so only to who reads or writes it.</remarks>
    public bool IsHungUp => _stop.IsCancellationRequested || _reading is { IsFaulted: true };

    private bool HasEnded => _stop.IsCancellationRequested
        || _reading is { IsFaulted: true } or { IsCompletedSuccessfully: true, Result: 0 };

    /// <inheritdoc/>
    public async ValueTask<int> ReceiveAsync(Memory<byte> buffer, bool wakeable)
    {
        while (_at == _end)
        {
            if (wakeable && _wake.TryConsume()) return IConnection.Woken;
            if (_stop.IsCancellationRequested) return 0;
            _reading ??= ReadAsync();
            if (wakeable && await Task.WhenAny(_reading, _wake.Task).ConfigureAwait(false) != _reading) continue;
            _at = 0;
            _end = 0;
            Task<int> reading = _reading;
            _reading = null;
            _end = await reading.ConfigureAwait(false);
            if (_end == 0) return 0;
        }

        int count = Math.Min(buffer.Length, _end - _at);
        _buffer.AsMemory(_at, count).CopyTo(buffer);
        _at += count;
        return count;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// A stream tells that its peer left only to who reads it: one buffer is read ahead. A peer that leaves behind more
    /// than that is not noticed.
    /// </remarks>
    public async ValueTask<bool> WaitForWakeAsync()
    {
        while (!_wake.TryConsume())
        {
            if (_at == _end) _reading ??= ReadAsync();
            if (HasEnded) return false;
            Task awaited = _reading is { IsCompleted: false } reading
                ? Task.WhenAny(reading, _wake.Task)
                : _wake.Task;
            await awaited.ConfigureAwait(false);
        }

        return !HasEnded;
    }

    /// <inheritdoc/>
    public void Wake() => _wake.Set();

    /// <inheritdoc/>
    public void Send(ReadOnlySpan<byte> bytes) => _sending.Send(bytes);

    /// <inheritdoc/>
    public async ValueTask DrainAsync(CancellationToken cancellationToken) =>
        await _sending.WhenDrained().WaitAsync(cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <inheritdoc/>
    public void StopReceiving()
    {
        _stop.Cancel();
        _wake.Set();
    }

    /// <inheritdoc/>
    public int TakeDescriptor() => -1;

    /// <inheritdoc/>
    public void Dispose()
    {
        StopReceiving();
        _sending.Break();
        _stream.Dispose();
    }

    // A stream cannot tell what it would take at once: the writer does it all.
    int ISendPort.TrySend(ReadOnlySpan<byte> bytes) => TransferResult.WouldBlock;

    async ValueTask<int> ISendPort.SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await _stream.WriteAsync(bytes).ConfigureAwait(false);
            await _stream.FlushAsync().ConfigureAwait(false);
            return bytes.Length;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The reader notices the end.
            return TransferResult.Broken;
        }
    }

    void ISendPort.StartWriter(Func<Task> writer) => Task.Run(writer);

    private async Task<int> ReadAsync()
    {
        try
        {
            return await _stream.ReadAsync(_buffer, _stop.Token).ConfigureAwait(false);
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            return 0;
        }
    }
}
