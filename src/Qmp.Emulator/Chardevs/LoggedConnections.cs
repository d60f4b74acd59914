using Qmp.Emulator.Files;
using Qmp.Protocol.Transport;

namespace Qmp.Emulator.Chardevs;

/// <summary>Connections that copy what they send into a file (<c>logfile=</c>).</summary>
internal sealed class LoggedConnections : IConnectionSource
{
    private readonly IConnectionSource _inner;
    private readonly FileStream _log;

    private LoggedConnections(IConnectionSource inner, FileStream log)
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
    /// <param name="path">The file.</param>
    /// <param name="appends">Whether it keeps what it holds.</param>
    /// <exception cref="TransportException">The file cannot be opened; the text is QEMU's.</exception>
    public static LoggedConnections Wrap(IConnectionSource inner, string path, bool appends)
    {
        try
        {
            FileMode mode = appends ? FileMode.Append : FileMode.Create;
            return new LoggedConnections(
                inner, new FileStream(path, mode, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            inner.Dispose();
            throw new TransportException($"Could not create '{path}': {FileErrors.Text(e)}");
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IConnection?> AcceptAsync() =>
        await _inner.AcceptAsync().ConfigureAwait(false) is { } connection ? new Logged(connection, _log) : null;

    /// <inheritdoc/>
    public void Stop() => _inner.Stop();

    /// <inheritdoc/>
    public void Dispose()
    {
        _inner.Dispose();
        _log.Dispose();
    }

    private sealed class Logged(IConnection inner, FileStream log) : IConnection
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
