namespace Qmp.Protocol.Transport;

/// <summary>Yields connections, one after the other: a listener, a connector, or one that exists already.</summary>
public interface IConnectionSource : IDisposable
{
    /// <summary>Names the source in logs.</summary>
    string Name { get; }

    /// <summary>
    /// Whether accepting, and the connections it yields, block their thread, which then belongs to them.
    /// </summary>
    bool IsBlocking { get; }

    /// <summary>Waits for the next connection. What hinders one only delays it: a source goes on by itself.</summary>
    /// <returns>The connection, or <see langword="null"/> when there will be none any more.</returns>
    ValueTask<IConnection?> AcceptAsync();

    /// <summary>Makes the current and every later accept return <see langword="null"/>.</summary>
    void Stop();
}
