using System.Runtime.InteropServices;
using Qmp.Protocol.Json;
using Qmp.Protocol.Threading;

namespace Qmp.Protocol.Transport;

/// <summary>
/// Sends at once while the peer keeps up; otherwise queues, and a writer started then empties the queue.
/// </summary>
internal sealed class SendQueue(ISendPort port)
{
    private readonly ISendPort _port = port;
    private readonly Lock _gate = new();

    // All guarded by _gate. While _writing, only the writer touches the port.
    private ByteBuffer _queued = new();
    private long _beingWritten;
    private bool _writing;
    private bool _broken;
    private TaskCompletionSource? _drained;

    /// <summary>Bytes that have not left.</summary>
    public long Backlog
    {
        get
        {
            lock (_gate) return _queued.Length + _beingWritten;
        }
    }

    // A writer that could not be started leaves a queue that nobody empties yet.
    private bool IsQueuing => _writing || _queued.Length > 0;

    /// <summary>Sends or queues.</summary>
    public void Send(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (_broken) return;
            if (!IsQueuing) bytes = bytes[SendNow(bytes)..];
            if (!_broken && !bytes.IsEmpty) Queue(bytes);
        }
    }

    /// <summary>Sends bytes whose first one carries a descriptor, unless something waits to leave.</summary>
    /// <returns>Whether that was possible; if not, it is worth another try once the queue has drained.</returns>
    public bool TrySend(IDescriptorPort port, ReadOnlySpan<byte> bytes, SafeHandle descriptor)
    {
        lock (_gate)
        {
            if (_broken) return true;
            if (IsQueuing) return false;
            int sent = port.TrySend(bytes, descriptor);
            switch (sent)
            {
                case TransferResult.Broken:
                    _broken = true;
                    return true;
                case TransferResult.WouldBlock:
                    // Between messages white space means nothing; it leaves as soon as there is room.
                    Queue(" "u8);
                    return false;
                default:
                    if (sent < bytes.Length) Queue(bytes[sent..]);
                    return true;
            }
        }
    }

    /// <summary>A task that ends when nothing is queued any more.</summary>
    public Task WhenDrained()
    {
        lock (_gate)
        {
            if (!IsQueuing) return Task.CompletedTask;
            if (!_writing) StartWriter();
            _drained ??= new TaskCompletionSource(OrderedContext.Completions);
            return _drained.Task;
        }
    }

    /// <summary>Blocks until nothing is queued any more, or the token fires: then what is queued stays.</summary>
    public void Drain(CancellationToken giveUp)
    {
        try
        {
            WhenDrained().Wait(giveUp);
        }
        catch (OperationCanceledException)
        {
            // Giving up is what the token is for.
        }
    }

    /// <summary>Drops what is queued and everything sent from now on.</summary>
    public void Break()
    {
        lock (_gate)
        {
            _broken = true;
            _queued.Clear();
        }
    }

    private void Queue(ReadOnlySpan<byte> bytes)
    {
        _queued.Append(bytes);
        if (!_writing) StartWriter();
    }

    private void StartWriter()
    {
        _writing = true;
        try
        {
            _port.StartWriter(WriteAsync);
        }
        catch (Exception e) when (e is OutOfMemoryException or ThreadStartException or TaskSchedulerException)
        {
            // No thread is to be had. What is queued stays so until somebody sends or drains again.
            _writing = false;
        }
    }

    private int SendNow(ReadOnlySpan<byte> bytes)
    {
        int sent = 0;
        while (sent < bytes.Length)
        {
            int more = _port.TrySend(bytes[sent..]);
            if (more == TransferResult.Broken) _broken = true;
            if (more < 0) break;
            sent += more;
        }

        return sent;
    }

    private async Task WriteAsync()
    {
        var writing = new ByteBuffer();
        while (true)
        {
            lock (_gate)
            {
                writing.Clear();
                _beingWritten = 0;
                if (_broken || _queued.Length == 0)
                {
                    _writing = false;
                    _queued.Clear();
                    using (OrderedContext.Leave()) _drained?.SetResult();
                    _drained = null;
                    break;
                }

                (writing, _queued) = (_queued, writing);
                _beingWritten = writing.Length;
            }

            bool sent = await WriteAsync(writing.Memory).ConfigureAwait(OrderedContext.IsCurrent);
            if (!sent) Break();
        }

        writing.Dispose();
    }

    private async ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int sent = await _port.SendAsync(bytes).ConfigureAwait(OrderedContext.IsCurrent);
            if (sent == TransferResult.Broken) return false;
            bytes = bytes[sent..];
            lock (_gate)
            {
                if (_broken) return false;
                _beingWritten = bytes.Length;
            }
        }

        return true;
    }
}
