using Qmp.Protocol.Json;
using Qmp.Protocol.Threading;

namespace Qmp.Protocol.Transport;

/// <summary>One direction of a <see cref="MemoryConnection"/>: bytes between one writer and one reader.</summary>
internal sealed class MemoryPipe(int capacity)
{
    private readonly Lock _gate = new();

    // All guarded by _gate.
    private readonly ByteBuffer _bytes = new();
    private int _read;
    private bool _writerGone;
    private bool _readerGone;
    private TaskCompletionSource? _readable;
    private TaskCompletionSource? _writable;

    public bool WriterGone
    {
        get
        {
            lock (_gate) return _writerGone;
        }
    }

    public bool ReaderGone
    {
        get
        {
            lock (_gate) return _readerGone;
        }
    }

    /// <summary>Takes bytes out.</summary>
    /// <returns>Their number, 0 at the end, <see cref="TransferResult.WouldBlock"/> if there are none yet.</returns>
    public int TryRead(Span<byte> target)
    {
        lock (_gate)
        {
            int count = Math.Min(target.Length, _bytes.Length - _read);
            if (_readerGone) return 0;
            if (count == 0) return _writerGone ? 0 : TransferResult.WouldBlock;
            _bytes.Span.Slice(_read, count).CopyTo(target);
            _read += count;
            if (_read == _bytes.Length)
            {
                _bytes.Clear();
                _read = 0;
            }

            Signal(ref _writable);
            return count;
        }
    }

    /// <summary>Puts bytes in.</summary>
    /// <returns>Their number, <see cref="TransferResult.WouldBlock"/> or <see cref="TransferResult.Broken"/>.</returns>
    public int TryWrite(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (_readerGone || _writerGone) return TransferResult.Broken;
            // What was read makes room only once all of it is: then nothing has to be moved.
            int count = Math.Min(bytes.Length, capacity - _bytes.Length);
            if (count == 0) return bytes.IsEmpty ? 0 : TransferResult.WouldBlock;
            _bytes.Append(bytes[..count]);
            Signal(ref _readable);
            return count;
        }
    }

    /// <summary>Ends when a read would not have to wait.</summary>
    public Task WhenReadable()
    {
        lock (_gate)
        {
            bool ready = _bytes.Length > _read || _writerGone || _readerGone;
            return ready ? Task.CompletedTask : Waiter(ref _readable);
        }
    }

    /// <summary>Ends when a write would not have to wait.</summary>
    public Task WhenWritable()
    {
        lock (_gate)
        {
            bool ready = _bytes.Length < capacity || _writerGone || _readerGone;
            return ready ? Task.CompletedTask : Waiter(ref _writable);
        }
    }

    /// <summary>No more bytes come.</summary>
    public void EndWriting() => End(ref _writerGone);

    /// <summary>The reader is gone: bytes that are written are dropped.</summary>
    public void EndReading() => End(ref _readerGone);

    private static Task Waiter(ref TaskCompletionSource? source)
    {
        source ??= new TaskCompletionSource(OrderedContext.Completions);
        return source.Task;
    }

    private static void Signal(ref TaskCompletionSource? source)
    {
        using (OrderedContext.Leave()) source?.SetResult();
        source = null;
    }

    private void End(ref bool side)
    {
        lock (_gate)
        {
            side = true;
            Signal(ref _readable);
            Signal(ref _writable);
        }
    }
}
