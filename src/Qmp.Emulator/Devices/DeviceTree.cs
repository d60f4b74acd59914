using Qmp.Emulator.Objects;
using Qmp.Emulator.Recorded;

namespace Qmp.Emulator.Devices;

/// <summary>The devices of a machine by the buses that they are on, as far as that is known of them.</summary>
/// <remarks>Made when somebody asks: it needs all recorded types.</remarks>
internal sealed class DeviceTree
{
    // Where the order of the objects is not that of the devices: those that come first.
    private static readonly string[] First =
    [
        "kvmvapic", "i440FX-pcihost", "fw_cfg_io", "q35-pcihost", "ioapic", "hpet", "ps2-kbd", "ps2-mouse",
        "i440FX", "mch", "PIIX3", "ICH9-LPC", "piix3-ide", "ich9-ahci", "PIIX4_PM", "ICH9-SMB", "i8257", "mc146818rtc",
    ];

    private readonly Dictionary<string, Place> _buses = new(StringComparer.Ordinal);

    /// <summary>Finds out what is where.</summary>
    public DeviceTree(ObjectTree tree, DeviceManager devices)
    {
        Types = tree.Types;
        Root = new Place("main-system-bus", "System", Types);
        _buses.Add(Root.Name, Root);
        ObjectNode[] own = [.. tree.Machine.Children.Where(c => c != tree.Peripheral && c != tree.Anonymous).SelectMany(Everything).Where(n => n.IsDevice)];
        foreach (ObjectNode node in own.OrderBy(Rank)) AddOwn(node);
        foreach (PluggedDevice device in devices.Devices) AddPlugged(device);
    }

    /// <summary>The types that there are.</summary>
    public TypeCatalogue Types { get; }

    /// <summary>The bus that everything hangs on.</summary>
    public Place Root { get; }

    private static IEnumerable<ObjectNode> Everything(ObjectNode from) => [from, .. from.Children.SelectMany(Everything)];

    private static int Rank(ObjectNode node) => Array.IndexOf(First, node.Type) is var index and >= 0 ? index : First.Length;

    private void AddOwn(ObjectNode node)
    {
        if (Types.Find(node.Type)?.Bus is not { } type) return;
        Place? bus = node.ParentBus is { } name ? _buses.GetValueOrDefault(name) : _buses.Values.FirstOrDefault(b => b.Is(type));
        if (bus is null) return;
        var device = new Occupant(node, "", null) { IsOwn = true };
        bus.Devices.Add(device);
        AddBuses(device, node.Children.Where(c => !c.IsDevice).Select(c => (c.Name, c.Type)));
    }

    private void AddPlugged(PluggedDevice plugged)
    {
        if (plugged.Bus is not { } on || !_buses.TryGetValue(on.Name, out Place? bus)) return;
        var device = new Occupant(plugged.Node, plugged.Id ?? "", on.IsPci ? plugged.Function : null);
        bus.Devices.Add(device);
        if (plugged.Node.Child("virtio-backend") is { } backend)
        {
            var inner = new Place("virtio-bus", "virtio-pci-bus", Types);
            device.Buses.Add(inner);
            device = new Occupant(backend, "", null);
            inner.Devices.Add(device);
        }

        AddBuses(device, plugged.Buses.Select(b => (b.Name, b.Type)));
        foreach (ObjectNode inner in plugged.Node.Children.Where(c => c.Child(DeviceManager.LegacyDisk) is not null))
        {
            AddBuses(device, [(inner.Name, inner.Type)]);
            _buses[inner.Name].Devices.Add(new Occupant(inner.Child(DeviceManager.LegacyDisk)!, "", null));
        }
    }

    private void AddBuses(Occupant device, IEnumerable<(string Name, string Type)> buses)
    {
        foreach ((string name, string type) in buses)
        {
            var bus = new Place(name, type, Types);
            device.Buses.Add(bus);
            _buses[name] = bus;
        }
    }

    /// <summary>A bus.</summary>
    internal sealed class Place(string name, string type, TypeCatalogue types)
    {
        /// <summary>Its name.</summary>
        public string Name => name;

        /// <summary>Its type.</summary>
        public string Type => type;

        /// <summary>Its devices, in the order in which they came.</summary>
        public List<Occupant> Devices { get; } = [];

        /// <summary>Whether it is of that type, or of one that builds on it.</summary>
        public bool Is(string wanted) => Type == wanted || (types.Find(Type)?.Is(wanted) ?? false);
    }

    /// <summary>A device on a bus.</summary>
    /// <param name="Node">Its object.</param>
    /// <param name="Id">Its id; empty for none.</param>
    /// <param name="Function">Its slot and function, of a device on PCI that a user made.</param>
    internal sealed record Occupant(ObjectNode Node, string Id, int? Function)
    {
        /// <summary>Whether it is the machine's.</summary>
        public bool IsOwn { get; init; }

        /// <summary>The buses that it brought, in the order in which they came.</summary>
        public List<Place> Buses { get; } = [];
    }
}
