namespace Qmp.Protocol.Transport;

/// <summary>Yields one connection that exists already: standard input and output, a connected socket.</summary>
/// <param name="connection">The connection.</param>
/// <param name="isBlocking">Whether it blocks the thread that reads it.</param>
public sealed class SingleConnection(IConnection connection, bool isBlocking) : IConnectionSource
{
    private IConnection? _connection = connection;

    /// <inheritdoc/>
    public string Name { get; } = connection.Name;

    /// <inheritdoc/>
    public bool IsBlocking => isBlocking;

    /// <inheritdoc/>
    public ValueTask<IConnection?> AcceptAsync() => new(Interlocked.Exchange(ref _connection, null));

    /// <inheritdoc/>
    public void Stop() => Interlocked.Exchange(ref _connection, null)?.Dispose();

    /// <inheritdoc/>
    public void Dispose() => Stop();
}
