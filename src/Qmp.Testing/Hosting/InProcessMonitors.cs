using Qmp.Conversations.Targets;
using Qmp.Emulator.Chardevs;
using Qmp.Emulator.Options;
using Qmp.Protocol.Transport;
using Qmp.Types;

namespace Qmp.Testing.Hosting;

/// <summary>The monitors of an emulator inside this process that its command line puts on Unix sockets.</summary>
/// <param name="onSockets">Whether they are on sockets indeed: only those pass descriptors.</param>
internal sealed class InProcessMonitors(bool onSockets)
{
    // Filled while the emulator starts; read afterwards.
    private readonly Dictionary<string, MemoryListener> _inMemory = [];

    /// <summary>What the emulator opens its character devices with.</summary>
    /// <param name="real">Opens everything else.</param>
    public Func<ChardevSpec, OpenedChardev> Wrap(Func<ChardevSpec, OpenedChardev> real) =>
        chardev => PathOf(chardev.Backend) is { } path
            ? new OpenedChardev(Listen(path)) { File = $"unix:{path},server=on" }
            : real(chardev);

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

    private static string? PathOf(ChardevBackend backend) => backend is ChardevBackend.Socket
        {
            Value.Data: { Server: not false, Addr: SocketAddressLegacy.Unix { Value.Data.Path: { Length: > 0 } path } },
        }
        ? path
        : null;

    private IConnectionSource Listen(string path)
    {
        if (onSockets) return SocketListener.Unix(path, isBlocking: false);
        return _inMemory[path] = new MemoryListener(path);
    }
}
