using Qmp.Protocol.Transport;

namespace Qmp.Testing.Hosting;

/// <summary>
/// A listener whose connections can be ended from outside, as the kernel ends those of a killed process.
/// </summary>
internal sealed class CuttableListener(IConnectionSource inner) : IConnectionSource
{
    private readonly Lock _gate = new();
    private readonly List<IConnection> _accepted = []; // guarded by _gate
    private bool _cut; // guarded by _gate

    public string Name => inner.Name;

    public bool IsBlocking => inner.IsBlocking;

    public async ValueTask<IConnection?> AcceptAsync()
    {
        IConnection? transport = await inner.AcceptAsync().ConfigureAwait(false);
        if (transport is null) return null;
        lock (_gate)
        {
            if (!_cut)
            {
                _accepted.Add(transport);
                return transport;
            }
        }

        transport.Dispose();
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
        foreach (IConnection transport in accepted) transport.Dispose();
    }

    public void Stop() => inner.Stop();

    public void Dispose() => inner.Dispose();
}
