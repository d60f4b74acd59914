namespace Qmp.Protocol.Transport;

/// <summary>Yields one connection that exists already, such as standard input and output.</summary>
/// <param name="transport">The connection.</param>
/// <param name="isBlocking">Whether it blocks the thread that reads it.</param>
public sealed class SingleConnection(IConnection transport, bool isBlocking) : IConnectionSource
{
    private IConnection? _transport = transport;

    /// <inheritdoc/>
    public string Name { get; } = transport.Name;

    /// <inheritdoc/>
    public bool IsBlocking => isBlocking;

    /// <inheritdoc/>
    public ValueTask<IConnection?> AcceptAsync() => new(Interlocked.Exchange(ref _transport, null));

    /// <inheritdoc/>
    public void Stop() => Interlocked.Exchange(ref _transport, null)?.Dispose();

    /// <inheritdoc/>
    public void Dispose() => Stop();
}
