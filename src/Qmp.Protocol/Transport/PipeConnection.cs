using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Qmp.Protocol.Transport;

/// <summary>
/// Two descriptors that are no sockets, such as standard input and output; the reader blocks its thread.
/// </summary>
/// <remarks>
/// The descriptors stay in blocking mode, as others may share them: a write follows a poll and is no longer than what
/// a writable pipe takes whole.
/// </remarks>
public sealed unsafe class PipeConnection : IConnection, ISendPort
{
    /// <summary>PIPE_BUF of Linux.</summary>
    private const int MaxWrite = 4096;

    private readonly SafeFileHandle _input;
    private readonly SafeFileHandle _output;
    private readonly WakeDescriptor _wake = new();
    private readonly WakeDescriptor _writerStop = new();
    private readonly SendQueue _sending;
    private volatile bool _stopped;

    /// <summary>Takes over two descriptors.</summary>
    /// <param name="input">Open for reading.</param>
    /// <param name="output">Open for writing.</param>
    /// <param name="name">Names the connection in logs.</param>
    public PipeConnection(SafeFileHandle input, SafeFileHandle output, string name)
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

    /// <summary>The process's standard input and output, which stay open when the transport ends.</summary>
    public static PipeConnection StandardStreams() =>
        new(new SafeFileHandle(0, ownsHandle: false), new SafeFileHandle(1, ownsHandle: false), "stdio");

    /// <inheritdoc/>
    public ValueTask<int> ReceiveAsync(Memory<byte> buffer, bool wakeable)
    {
        try
        {
            while (!_stopped)
            {
                _wake.Wait(_input, LibC.PollIn, out bool woken);
                if (_stopped) break;
                if (!woken) return new(Read(buffer.Span));
                if (wakeable) return new(IConnection.Woken);
            }
        }
        catch (ObjectDisposedException)
        {
            // Disposed while waiting: the end.
        }

        return new(0);
    }

    /// <inheritdoc/>
    public ValueTask<bool> WaitForWakeAsync() => new(_wake.WaitUnlessGone(_input));

    /// <inheritdoc/>
    public void Wake() => _wake.Wake();

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
        _wake.Wake();
    }

    /// <inheritdoc/>
    public int TakeDescriptor() => -1;

    /// <inheritdoc/>
    public void Dispose()
    {
        StopReceiving();
        _sending.Break();
        _writerStop.Wake();
        _wake.Dispose();
        _writerStop.Dispose();
        _input.Dispose();
        _output.Dispose();
    }

    int ISendPort.TrySend(ReadOnlySpan<byte> bytes)
    {
        try
        {
            short events = Poll(_output, LibC.PollOut);
            if ((events & (LibC.PollHangUp | LibC.PollError)) != 0) return SocketCalls.Broken;
            return (events & LibC.PollOut) == 0 ? SocketCalls.WouldBlock : Write(bytes);
        }
        catch (ObjectDisposedException)
        {
            return SocketCalls.Broken;
        }
    }

    ValueTask<int> ISendPort.SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            short events = _writerStop.Wait(_output, LibC.PollOut, out bool stopped);
            bool broken = stopped || (events & (LibC.PollHangUp | LibC.PollError)) != 0;
            return new(broken ? SocketCalls.Broken : Write(bytes.Span));
        }
        catch (ObjectDisposedException)
        {
            return new(SocketCalls.Broken);
        }
    }

    void ISendPort.StartWriter(Func<Task> writer) => WriterThread.Start(Name, writer);

    private static short Poll(SafeHandle descriptor, short events)
    {
        bool held = false;
        try
        {
            descriptor.DangerousAddRef(ref held);
            var watched = new LibC.PollDescriptor
            {
                Descriptor = (int)descriptor.DangerousGetHandle(),
                Events = events,
            };
            return LibC.Poll(&watched, 1, 0) > 0 ? watched.Returned : (short)0;
        }
        finally
        {
            if (held) descriptor.DangerousRelease();
        }
    }

    private int Read(Span<byte> buffer)
    {
        fixed (byte* bytes = buffer)
        {
            nint count;
            do
            {
                count = LibC.Read(_input, bytes, (nuint)buffer.Length);
            }
            while (count < 0 && Marshal.GetLastPInvokeError() == LibC.Interrupted);
            return (int)Math.Max(0, count);
        }
    }

    private int Write(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes)
        {
            nint count;
            do
            {
                count = LibC.Write(_output, first, (nuint)Math.Min(bytes.Length, MaxWrite));
            }
            while (count < 0 && Marshal.GetLastPInvokeError() == LibC.Interrupted);
            if (count >= 0) return (int)count;
            return Marshal.GetLastPInvokeError() == LibC.TryAgain ? SocketCalls.WouldBlock : SocketCalls.Broken;
        }
    }
}
