using Qmp.Conversations.Targets;
using Qmp.Emulator.Options;
using Qmp.Protocol.Transport;

namespace Qmp.Testing.Hosting;

/// <summary>The monitors of an emulator inside this process that its command line puts on Unix sockets.</summary>
/// <param name="onSockets">Whether they are on sockets indeed: only those pass descriptors.</param>
internal sealed class InProcessMonitors(bool onSockets)
{
    // Filled while the emulator starts; read afterwards.
    private readonly Dictionary<string, MemoryListener> _inMemory = [];
    private readonly List<CuttableListener> _listeners = []; // guards itself

    /// <summary>What the emulator listens with.</summary>
    /// <param name="real">Listens on everything else.</param>
    public Func<MonitorSpec, IConnectionSource> Wrap(Func<MonitorSpec, IConnectionSource> real) => spec =>
    {
        bool listens = spec.Chardev is { Path: not null, Server: true };
        return Watch(listens ? Listen(spec.Chardev!.Path!) : real(spec));
    };

    /// <summary>The same listener, ended by <see cref="Cut"/> together with the others.</summary>
    public IConnectionSource Watch(IConnectionSource listener)
    {
        var watched = new CuttableListener(listener);
        lock (_listeners) _listeners.Add(watched);
        return watched;
    }

    /// <summary>Connects to the monitor with that path.</summary>
    public async ValueTask<ITargetConnection?> ConnectAsync(string path)
    {
        if (!_inMemory.TryGetValue(path, out MemoryListener? listener))
        {
            return await SocketTargetConnection.TryConnectAsync(path).ConfigureAwait(false);
        }

        try
        {
            return new MemoryTargetConnection(listener.Connect());
        }
        catch (TransportException)
        {
            return null;
        }
    }

    /// <summary>Ends all connections at once.</summary>
    public void Cut()
    {
        CuttableListener[] listeners;
        lock (_listeners) listeners = [.. _listeners];
        foreach (CuttableListener listener in listeners) listener.Cut();
    }

    private IConnectionSource Listen(string path)
    {
        if (onSockets) return SocketListener.Unix(path, isBlocking: false);
        return _inMemory[path] = new MemoryListener(path);
    }
}
