using System.Globalization;
using Qmp.Emulator.Options;
using Qmp.Protocol.Messages;
using Qmp.Server.Dispatch;
using Qmp.Types;
using Serilog;

namespace Qmp.Emulator.Machines;

/// <summary>The network backends, which are listed and move no packets. Texts are QEMU's.</summary>
/// <remarks>Used with the machine's lock held.</remarks>
internal sealed class Networks(ILogger logger)
{
    private const string DefaultBackend = "#net000"; // in QEMU the digits are a number and chance
    private const string DefaultPort = "hub0port0";

    private readonly List<NetworkClient> _clients = []; // in the order in which they came
    private readonly List<NetworkClient.Backend> _ports = [];
    private readonly MacAddresses _addresses = new();
    private bool _saidSo;

    /// <summary>The cards, backends and ports of hubs, in the order in which they came.</summary>
    public IReadOnlyList<NetworkClient> Clients => _clients;

    /// <summary>The ports of hubs, in the order in which they came. One that was removed stays until its card goes.</summary>
    public IReadOnlyList<NetworkClient.Backend> Ports => _ports;

    /// <summary>Whether there is a backend of that name which a user made.</summary>
    public bool Has(string id) => Find(id) is not null;

    /// <summary>What a backend is connected to; <see langword="null"/> for nothing.</summary>
    public string? UserOf(string id) => Find(id)?.Peer?.Name;

    /// <summary>Whether there is a card or a backend of that name.</summary>
    public bool HasCard(string name) => _clients.Exists(client => client.Name == name);

    /// <summary>Makes a backend.</summary>
    /// <exception cref="CommandException">It cannot be made.</exception>
    public void Add(Netdev backend)
    {
        if (!Identifiers.IsValid(backend.Id)) throw new CommandException("Parameter 'id' expects an identifier");
        if (_clients.Exists(client => client.Name == backend.Id)) throw new CommandException($"Duplicate ID '{backend.Id}'");
        switch (backend)
        {
            case Types.Netdev.Tap or Types.Netdev.Stream or Types.Netdev.Dgram:
                break;

            case Types.Netdev.User user:
                UserNetwork.Parse(user.Value.Net);
                break;

            case Types.Netdev.Hubport { Value.Netdev: { } name }:
                if (!Has(name)) throw new CommandException($"netdev '{name}' not found");
                if (Find(name)!.Peer is not null) throw new CommandException($"netdev '{name}' is in use");
                break;

            case Types.Netdev.Hubport:
                break;

            case Types.Netdev.Socket socket:
                Check(socket.Value);
                break;

            case Types.Netdev.Bridge:
                throw new CommandException("bridge helper failed");

            default:
                throw new CommandException($"network backend '{backend.Type.ToWireName()}' is not compiled into this binary");
        }

        var added = new NetworkClient.Backend(backend.Id, backend, isUsers: true);
        if (backend is Types.Netdev.Hubport { Value.Netdev: { } other }) Connect(added, Find(other)!);
        List(added);
        if (_saidSo) return;
        _saidSo = true;
        logger.Warning("warning: network backends are listed and move no packets here");
    }

    /// <summary>Adds the network that there is when nobody asks for another: a hub with room for a card, and a backend.</summary>
    public void AddDefault()
    {
        var user = new NetworkClient.Backend(
            DefaultBackend,
            new Types.Netdev.User { Id = "", Value = new NetdevUserOptions() },
            isUsers: false);
        _clients.Add(user);
        var options = new Types.Netdev.Hubport { Id = "", Value = new NetdevHubPortOptions { Hubid = 0 } };
        List(new NetworkClient.Backend(DefaultPort, options, isUsers: false));
        var port = new NetworkClient.Backend("hub0port1", options, isUsers: false);
        Connect(port, user);
        List(port);
    }

    /// <summary>Lists the card of a machine that has that network.</summary>
    /// <param name="path">The path of its device.</param>
    /// <param name="model">The type of its device.</param>
    public NetworkClient.Card AddDefaultCard(string path, string model)
    {
        NetworkClient.Card card = AddCard(path, null, model, null, null);
        Connect(card, _ports.Find(port => port.Name == DefaultPort)!);
        return card;
    }

    /// <summary>Lists a card.</summary>
    /// <param name="path">The path of its device.</param>
    /// <param name="id">Its id; <see langword="null"/> for none.</param>
    /// <param name="model">The type of its device.</param>
    /// <param name="mac">Its address; <see langword="null"/> for the next one that is free.</param>
    /// <param name="backend">What it is connected to; <see langword="null"/> for nothing.</param>
    public NetworkClient.Card AddCard(string path, string? id, string model, string? mac, string? backend)
    {
        int number = _clients.OfType<NetworkClient.Card>().Count(c => c.Model == model);
        string name = id ?? string.Create(CultureInfo.InvariantCulture, $"{model}.{number}");
        MacAddress address = _addresses.Take(mac is null ? null : MacAddress.Parse(mac));
        var card = new NetworkClient.Card(name, path, model, address);
        if (backend is not null && Find(backend) is { } peer) Connect(card, peer);
        _clients.Add(card);
        return card;
    }

    /// <summary>Drops the card of a device, if it is one.</summary>
    public void RemoveCard(string path)
    {
        if (_clients.OfType<NetworkClient.Card>().FirstOrDefault(c => c.Path == path) is not { } card) return;
        _clients.Remove(card);
        _addresses.Release(card.Mac);
        if (card.Peer is not NetworkClient.Backend backend) return;
        backend.Peer = null;
        if (!_clients.Contains(backend)) _ports.Remove(backend);
    }

    /// <summary>Removes a backend, whether or not a card uses it: the card goes on seeing it.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    public void Remove(string id)
    {
        NetworkClient.Backend backend = Find(id) ?? throw NotFound(id);
        _clients.Remove(backend);
        if (backend.Peer is NetworkClient.Card) return;
        _ports.Remove(backend);
        if (backend.Peer is { } peer) peer.Peer = null;
    }

    /// <summary>Pulls a plug or puts it in, which no card notices.</summary>
    /// <exception cref="CommandException">There is no such backend or card.</exception>
    public void SetLink(string name)
    {
        if (!HasCard(name)) throw NotFound(name);
    }

    private void List(NetworkClient.Backend backend)
    {
        _clients.Add(backend);
        if (backend.Hub is not null) _ports.Add(backend);
    }

    private static void Connect(NetworkClient one, NetworkClient other)
    {
        one.Peer = other;
        other.Peer = one;
    }

    private NetworkClient.Backend? Find(string id) =>
        _clients.OfType<NetworkClient.Backend>().FirstOrDefault(backend => backend.IsUsers && backend.Name == id);

    private static void Check(NetdevSocketOptions socket)
    {
        int given = new object?[] { socket.Fd, socket.Listen, socket.Connect, socket.Mcast, socket.Udp }.Count(member => member is not null);
        if (given != 1) throw new CommandException("exactly one of listen=, connect=, mcast= or udp= is required");
    }

    private static CommandException NotFound(string name) => new(new QmpError("DeviceNotFound", $"Device '{name}' not found"));
}
