using Qmp.Emulator.Files;
using Qmp.Emulator.Options;
using Qmp.Protocol.Threading;
using Qmp.Protocol.Transport;

namespace Qmp.Emulator.Chardevs;

/// <summary>Connections that copy what they send into a file (<c>logfile=</c>).</summary>
internal sealed class LoggedConnections : IConnectionSource
{
    private readonly IConnectionSource _inner;
    private readonly ConnectionLog _log;

    private LoggedConnections(IConnectionSource inner, ConnectionLog log)
    {
        _inner = inner;
        _log = log;
    }

    /// <inheritdoc/>
    public string Name => _inner.Name;

    /// <inheritdoc/>
    public bool IsBlocking => _inner.IsBlocking;

    /// <summary>The same connections, logged.</summary>
    /// <param name="inner">The connections.</param>
    /// <param name="log">The file.</param>
    /// <param name="time">What its lines are stamped with, where they are.</param>
    /// <exception cref="TransportException">The file cannot be opened; the text is QEMU's.</exception>
    public static LoggedConnections Wrap(IConnectionSource inner, LogSpec log, TimeProvider time)
    {
        try
        {
            FileMode mode = log.Appends ? FileMode.Append : FileMode.Create;
            var file = new FileStream(log.Path, mode, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            return new LoggedConnections(inner, new ConnectionLog(file, log.Stamps, time));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            inner.Dispose();
            throw new TransportException($"Could not create '{log.Path}': {FileErrors.Text(e)}");
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IConnection?> AcceptAsync() =>
        await _inner.AcceptAsync().ConfigureAwait(OrderedContext.IsCurrent) is { } connection ? new Logged(connection, _log) : null;

    /// <inheritdoc/>
    public void Stop() => _inner.Stop();

    /// <inheritdoc/>
    public void Dispose()
    {
        _inner.Dispose();
        _log.Dispose();
    }

    private sealed class Logged(IConnection inner, ConnectionLog log) : IConnection
    {
        public string Name => inner.Name;

        public long Backlog => inner.Backlog;

        public bool IsHungUp => inner.IsHungUp;

        public ValueTask<int> ReceiveAsync(Memory<byte> buffer, bool wakeable) => inner.ReceiveAsync(buffer, wakeable);

        public ValueTask<bool> WaitForWakeAsync() => inner.WaitForWakeAsync();

        public void Wake() => inner.Wake();

        // Sending is serialised by the sender, so the copies are in the order of what is sent.
        public void Send(ReadOnlySpan<byte> bytes)
        {
            inner.Send(bytes);
            try
            {
                log.Write(bytes);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // A copy that cannot be written must not cost the peer what it is sent.
            }
        }

        public ValueTask DrainAsync(CancellationToken cancellationToken) => inner.DrainAsync(cancellationToken);

        public void StopReceiving() => inner.StopReceiving();

        public int TakeDescriptor() => inner.TakeDescriptor();

        public void Dispose() => inner.Dispose();
    }
}
