using Qmp.Protocol.Json;
using Qmp.Protocol.Transport;

namespace Qmp.Server.Sessions;

/// <summary>Orders what leaves a session, and sends replies to one chunk of input together.</summary>
internal sealed class Outbox(IConnection connection, long maxBacklog, Action overflow)
{
    /// <summary>More than this is sent at once, whatever else is to come.</summary>
    private const int EnoughForOneSend = 64 << 10;

    private readonly Lock _gate = new();

    // All guarded by _gate.
    private readonly ByteBuffer _held = new(1024);
    private bool _holding;
    private int _holder;
    private bool _closed;

    /// <summary>Adds a message. It leaves now, unless the session's reader, on this thread, collects replies.</summary>
    public void Add(ReadOnlySpan<byte> message)
    {
        lock (_gate)
        {
            if (_closed) return;
            // Messages of other threads must not wait for the reader: it may be running a command that takes long.
            bool hold = _holding && Environment.CurrentManagedThreadId == _holder;
            if (!hold && _held.Length == 0)
            {
                SendLocked(message);
                return;
            }

            _held.Append(message);
            if (!hold || _held.Length > EnoughForOneSend) FlushLocked();
        }
    }

    /// <summary>The calling thread begins to collect.</summary>
    public void Hold()
    {
        lock (_gate)
        {
            _holding = true;
            _holder = Environment.CurrentManagedThreadId;
        }
    }

    /// <summary>Sends what was collected.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _holding = false;
            FlushLocked();
        }
    }

    /// <summary>Drops whatever comes from now on.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            _held.Dispose();
        }
    }

    private void FlushLocked()
    {
        if (_held.Length == 0 || _closed) return;
        SendLocked(_held.Span);
        _held.Clear();
    }

    private void SendLocked(ReadOnlySpan<byte> bytes)
    {
        connection.Send(bytes);
        if (connection.Backlog <= maxBacklog) return;
        _closed = true;
        overflow();
    }
}
