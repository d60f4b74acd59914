using Qmp.Emulator.Objects;
using Qmp.Emulator.Options;
using Qmp.Protocol.Messages;
using Qmp.Server.Dispatch;
using Qmp.Types;
using Serilog;

namespace Qmp.Emulator.Machines;

/// <summary>The network backends, which are listed and move no packets. Texts are QEMU's.</summary>
/// <remarks>Used with the machine's lock held.</remarks>
internal sealed class Networks(ObjectTree tree, ILogger logger)
{
    private readonly Dictionary<string, Netdev> _backends = new(StringComparer.Ordinal);
    private readonly HashSet<string> _unplugged = new(StringComparer.Ordinal);
    private bool _saidSo;

    /// <summary>Whether there is a backend of that name.</summary>
    public bool Has(string id) => _backends.ContainsKey(id);

    /// <summary>Whether there is a card or a backend of that name.</summary>
    public bool HasCard(string name) => Has(name) || tree.Peripheral.Child(name)?.Properties().Any(p => p.Name == "netdev") == true;

    /// <summary>Makes a backend.</summary>
    /// <exception cref="CommandException">It cannot be made.</exception>
    public void Add(Netdev backend)
    {
        if (!Identifiers.IsValid(backend.Id)) throw new CommandException("Parameter 'id' expects an identifier");
        if (_backends.ContainsKey(backend.Id)) throw new CommandException($"Duplicate ID '{backend.Id}'");
        switch (backend)
        {
            case Types.Netdev.User or Types.Netdev.Hubport or Types.Netdev.Tap or Types.Netdev.Stream or Types.Netdev.Dgram:
                break;

            case Types.Netdev.Socket socket:
                Check(socket.Value);
                break;

            case Types.Netdev.Bridge:
                throw new CommandException("bridge helper failed");

            default:
                throw new CommandException($"network backend '{backend.Type.ToWireName()}' is not compiled into this binary");
        }

        _backends.Add(backend.Id, backend);
        if (_saidSo) return;
        _saidSo = true;
        logger.Warning("warning: network backends are listed and move no packets here");
    }

    /// <summary>Removes a backend, whether or not a card uses it.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    public void Remove(string id)
    {
        if (!_backends.Remove(id)) throw NotFound(id);
        _unplugged.Remove(id);
    }

    /// <summary>Pulls a plug or puts it in.</summary>
    /// <exception cref="CommandException">There is no such backend or card.</exception>
    public void SetLink(string name, bool isUp)
    {
        if (!HasCard(name)) throw NotFound(name);
        if (isUp) _unplugged.Remove(name);
        else _unplugged.Add(name);
    }

    private static void Check(NetdevSocketOptions socket)
    {
        int given = new object?[] { socket.Fd, socket.Listen, socket.Connect, socket.Mcast, socket.Udp }.Count(member => member is not null);
        if (given != 1) throw new CommandException("exactly one of listen=, connect=, mcast= or udp= is required");
    }

    private static CommandException NotFound(string name) => new(new QmpError("DeviceNotFound", $"Device '{name}' not found"));
}
