using Qmp.Linux;

namespace Qmp.Protocol.Transport;

/// <summary>
/// Two descriptors that need not be sockets, such as standard input and output; the reader blocks its thread.
/// </summary>
/// <remarks>
/// The descriptors stay in the mode in which they came, as others may share them and change it. In blocking mode a
/// write follows a poll and is no longer than what a writable pipe takes whole; in nonblocking mode what would wait is
/// polled for again.
/// </remarks>
public sealed class PipeConnection : IConnection, ISendPort
{
    /// <summary>PIPE_BUF of Linux.</summary>
    private const int MaxWrite = 4096;

    private readonly DescriptorHandle _input;
    private readonly DescriptorHandle _output;
    private readonly WakeEvent _wake = new();
    private readonly WakeEvent _writerStop = new();
    private readonly SendQueue _sending;
    private volatile bool _stopped;

    /// <summary>Takes over two descriptors.</summary>
    /// <param name="input">Open for reading.</param>
    /// <param name="output">Open for writing; may be the same descriptor.</param>
    /// <param name="name">Names the connection in logs.</param>
    public PipeConnection(DescriptorHandle input, DescriptorHandle output, string name)
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
    /// <remarks>A writer that has closed its end of the input may go on reading the output.</remarks>
    public bool IsHungUp
    {
        get
        {
            try
            {
                return _stopped || (Descriptors.Look(_output, PollEvents.None) & PollEvents.Gone) != 0;
            }
            catch (ObjectDisposedException)
            {
                return true;
            }
        }
    }

    /// <summary>The process's standard input and output, which stay open when the connection ends.</summary>
    public static PipeConnection StandardStreams() =>
        new(new DescriptorHandle(0, ownsHandle: false), new DescriptorHandle(1, ownsHandle: false), "stdio");

    /// <inheritdoc/>
    public ValueTask<int> ReceiveAsync(Memory<byte> buffer, bool wakeable)
    {
        try
        {
            while (!_stopped)
            {
                Descriptors.Wait(_input, PollEvents.Readable, _wake, out bool woken);
                if (_stopped) break;
                if (woken)
                {
                    _wake.Reset();
                    if (wakeable) return new(IConnection.Woken);
                    continue;
                }

                int count = Files.Read(_input, buffer.Span);
                if (count != -Errno.TryAgain) return new(Math.Max(0, count));
            }
        }
        catch (ObjectDisposedException)
        {
            // Disposed while waiting: the end.
        }

        return new(0);
    }

    /// <inheritdoc/>
    public ValueTask<bool> WaitForWakeAsync()
    {
        try
        {
            PollEvents events = Descriptors.Wait(_output, PollEvents.None, _wake, out bool woken);
            if (woken) _wake.Reset();
            return new(!_stopped && (events & PollEvents.Gone) == 0);
        }
        catch (ObjectDisposedException)
        {
            return new(false);
        }
    }

    /// <inheritdoc/>
    public void Wake() => _wake.Set();

    /// <inheritdoc/>
    public void Send(ReadOnlySpan<byte> bytes) => _sending.Send(bytes);

    /// <inheritdoc/>
    public ValueTask DrainAsync(CancellationToken cancellationToken)
    {
        _sending.Drain(cancellationToken);
        return default;
    }

    /// <inheritdoc/>
    public void StopReceiving()
    {
        _stopped = true;
        _wake.Set();
    }

    /// <inheritdoc/>
    public int TakeDescriptor() => -1;

    /// <inheritdoc/>
    public void Dispose()
    {
        StopReceiving();
        _sending.Break();
        _writerStop.Set();
        _wake.Dispose();
        _writerStop.Dispose();
        _input.Dispose();
        _output.Dispose();
    }

    int ISendPort.TrySend(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return TryWrite(Descriptors.Look(_output, PollEvents.Writable), bytes);
        }
        catch (ObjectDisposedException)
        {
            return TransferResult.Broken;
        }
    }

    ValueTask<int> ISendPort.SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            while (true)
            {
                PollEvents events = Descriptors.Wait(_output, PollEvents.Writable, _writerStop, out bool stopped);
                int written = stopped ? TransferResult.Broken : TryWrite(events, bytes.Span);
                if (written != TransferResult.WouldBlock) return new(written);
            }
        }
        catch (ObjectDisposedException)
        {
            return new(TransferResult.Broken);
        }
    }

    void ISendPort.StartWriter(Func<Task> writer) => WriterThread.Start(Name, writer);

    private int TryWrite(PollEvents events, ReadOnlySpan<byte> bytes)
    {
        if ((events & PollEvents.Gone) != 0) return TransferResult.Broken;
        if ((events & PollEvents.Writable) == 0) return TransferResult.WouldBlock;
        return TransferResult.From(Files.Write(_output, bytes[..Math.Min(bytes.Length, MaxWrite)]));
    }
}
