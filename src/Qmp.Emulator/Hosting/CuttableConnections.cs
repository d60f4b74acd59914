using Qmp.Protocol.Threading;
using Qmp.Protocol.Transport;

namespace Qmp.Emulator.Hosting;

/// <summary>
/// A source whose connections can be ended from outside, as the kernel ends those of a killed process.
/// </summary>
internal sealed class CuttableConnections(IConnectionSource inner) : IConnectionSource
{
    private readonly Lock _gate = new();
    private readonly List<IConnection> _accepted = []; // guarded by _gate
    private bool _cut; // guarded by _gate

    /// <inheritdoc/>
    public string Name => inner.Name;

    /// <inheritdoc/>
    public bool IsBlocking => inner.IsBlocking;

    /// <inheritdoc/>
    public async ValueTask<IConnection?> AcceptAsync()
    {
        IConnection? connection = await inner.AcceptAsync().ConfigureAwait(OrderedContext.IsCurrent);
        if (connection is null) return null;
        lock (_gate)
        {
            if (!_cut)
            {
                _accepted.Add(connection);
                return connection;
            }
        }

        connection.Dispose();
        return null;
    }

    /// <summary>Ends the connections, and accepts none any more.</summary>
    public void Cut()
    {
        IConnection[] accepted;
        lock (_gate)
        {
            _cut = true;
            accepted = [.. _accepted];
        }

        inner.Stop();
        foreach (IConnection connection in accepted) connection.Dispose();
    }

    /// <inheritdoc/>
    public void Stop() => inner.Stop();

    /// <inheritdoc/>
    public void Dispose() => inner.Dispose();
}
