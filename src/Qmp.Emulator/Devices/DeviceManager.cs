using Newtonsoft.Json.Linq;
using Qmp.Emulator.Objects;
using Qmp.Emulator.Options;
using Qmp.Emulator.Recorded;
using Qmp.Protocol.Messages;
using Qmp.Protocol.Visitors;
using Qmp.Server.Dispatch;
using Qmp.Types;
using Serilog;

namespace Qmp.Emulator.Devices;

/// <summary>The devices that users make and remove, on the command line and while the machine runs.</summary>
/// <remarks>
/// They are inert: each is checked, listed and removed as in QEMU, and does nothing. Used with the machine's lock held.
/// </remarks>
internal sealed class DeviceManager(ObjectTree tree, BusTree buses, IBackends backends, Action<IReadOnlyList<DeviceDeletedEvent>> tell, ILogger logger)
{
    /// <summary>The name of the disk that a USB device brings.</summary>
    public const string LegacyDisk = "legacy[0]";

    private const string DeviceNotFound = "DeviceNotFound";

    private readonly DeviceProperties _properties = new(tree, backends);
    private readonly List<PluggedDevice> _devices = [];
    private bool _saidThatInert;
    private int _anonymous;

    /// <summary>The devices, in the order in which they came.</summary>
    public IReadOnlyList<PluggedDevice> Devices => _devices;

    /// <summary>
    /// Asks the guest to let a device go, and is told what to do when it has; says whether there is somebody who will.
    /// <see langword="null"/> for no guest.
    /// </summary>
    public Func<Action, bool>? AskGuest { get; set; }

    /// <summary>Whether the machine takes devices of a type that are on no bus.</summary>
    public Func<RecordedType, bool> TakesWithoutBus { get; set; } = _ => false;

    /// <summary>Is told of a device that has come, with the values of its properties.</summary>
    public Action<PluggedDevice, IReadOnlyDictionary<string, JToken>>? Added { get; set; }

    /// <summary>Is told of a device that has gone, before anybody else.</summary>
    public Action<PluggedDevice>? Removed { get; set; }

    /// <summary>Makes a device.</summary>
    /// <param name="device">What is asked for.</param>
    /// <param name="isHot">Whether the machine is already made.</param>
    /// <exception cref="CommandException">It cannot be made.</exception>
    /// <exception cref="VisitorException">A property is of a wrong type.</exception>
    public PluggedDevice Add(DeviceArguments device, bool isHot)
    {
        RecordedType type = FindType(device.Driver);
        Bus? bus = FindBus(type, device.Bus);
        if (isHot && bus is { TakesHotPlug: false }) throw new CommandException($"Bus '{bus.Name}' does not support hotplugging");
        if (isHot && bus is null && !TakesWithoutBus(type))
        {
            throw new CommandException($"Device '{type.Name}' can not be hotplugged on this machine");
        }

        CheckId(device.Id);
        IReadOnlyDictionary<string, JToken> values = _properties.Check(type, device);
        bool isMultifunction = (bool?)values.GetValueOrDefault("multifunction") ?? false;
        int? function = bus is { IsPci: true }
            ? PciAddress.Place(bus, type.Name, (int?)values.GetValueOrDefault("addr") ?? -1, isMultifunction, isHot)
            : null;
        _properties.CheckComplete(type, device.Id, values);
        var plugged = new PluggedDevice(type, MakeNode(device.Id, type, bus, values, isHot), bus, buses.AddFor(type, device.Id))
        {
            Id = device.Id,
            Function = function,
        };
        ObjectNode owner = plugged.Node.Child("virtio-backend") ?? plugged.Node;
        foreach (Bus brought in plugged.Buses) owner.Add(new ObjectNode(brought.Type, brought.Name));
        if (function is { } place)
        {
            bus!.Functions[place] = new(type.Name, device.Id, isMultifunction);
            plugged.Node.Store("addr", place);
        }

        foreach ((string property, JToken value) in values) backends.Use(property, value.ToString(), plugged.Node.Path);
        _devices.Add(plugged);
        Announce(plugged, values);
        SayThatInert(type);
        return plugged;
    }

    /// <summary>Lists a device of our own, which has a class and no properties here.</summary>
    /// <exception cref="CommandException">The id is taken, or none.</exception>
    public void AddOwn(DeviceArguments device)
    {
        CheckId(device.Id);
        ObjectNode node = NewNode(device.Driver, device.Id);
        _devices.Add(new PluggedDevice(null, node, null, []) { Id = device.Id });
    }

    /// <summary>Asks the guest to let a device go.</summary>
    /// <param name="name">Its id or its path.</param>
    /// <exception cref="CommandException">There is none, or it stays where it is.</exception>
    public void Remove(string name)
    {
        if (tree.Unattached.Children.FirstOrDefault(c => c.Path == name) is { } own) throw new CommandException(RefusalToUnplug(own));
        PluggedDevice device = _devices.FirstOrDefault(d => d.Id == name || d.Node.Path == name)
            ?? throw new CommandException(new QmpError(DeviceNotFound, $"Device '{name}' not found"));
        if (device.IsLeaving) throw new CommandException($"Device {name} is already in the process of unplug");
        if (device.Type is null) throw new CommandException($"Device '{device.Node.Type}' does not support hotplugging");
        bool isCpu = device.Type.Is("cpu");
        if (device.Bus is null && !isCpu && !device.Type.Is("pc-dimm"))
        {
            throw new CommandException($"Device '{device.Type.Name}' can not be hotunplugged on this machine");
        }

        if (device.Bus is { TakesHotPlug: false }) throw new CommandException($"Bus '{device.Bus.Name}' does not support hotplugging");
        if (device.Bus is { LetsGoAtOnce: true })
        {
            DropAndTell([device]);
            return;
        }

        bool isAsked = AskGuest?.Invoke(() => DropAndTell([device])) ?? false;
        if (!isAsked && isCpu) throw new CommandException(RefusalToUnplug(device.Node));
        device.IsLeaving = true;
    }

    /// <summary>Lets those go that a guest was asked to: a reset ends its say.</summary>
    public void Reset()
    {
        DropAndTell(_devices.Where(d => d.IsLeaving).ToList());
    }

    // QEMU's firmware interface refuses to let processors go without a guest that has asked for it.
    private static string RefusalToUnplug(ObjectNode node)
    {
        if (node.Name == "device[0]") return "Boot CPU is unpluggable";
        return node.Type.EndsWith("-cpu", StringComparison.Ordinal)
            ? $"acpi: device unplug request for not supported device type: {node.Type}"
            : $"Device '{node.Type}' does not support hotplugging";
    }

    // A disk whose image somebody else has does not come.
    private void Announce(PluggedDevice plugged, IReadOnlyDictionary<string, JToken> values)
    {
        try
        {
            Added?.Invoke(plugged, values);
        }
        catch (CommandException)
        {
            Drop(plugged, []);
            throw;
        }
    }

    private RecordedType FindType(string driver)
    {
        RecordedType? type = tree.Types.FindModel(driver);
        if (type is null || !type.Is("device")) throw new CommandException($"'{driver}' is not a valid device model name");
        if (type.IsAbstract) throw new CommandException("Parameter 'driver' expects a non-abstract device type");
        if (!type.IsForUsers && !type.Is("cpu")) throw new CommandException("Parameter 'driver' expects a pluggable device type");
        return type;
    }

    private Bus? FindBus(RecordedType type, string? name)
    {
        if (name is not null)
        {
            Bus named = buses.Named(name.Split('/')[^1]) ?? throw new CommandException($"Bus '{name}' not found");
            return type.Bus is null || named.Is(type.Bus)
                ? named
                : throw new CommandException($"Device '{type.Name}' can't go on {named.Type} bus");
        }

        if (type.Bus is null) return null;
        return buses.Fitting(type.Bus)
            ?? throw new CommandException($"No '{type.Bus}' bus found for device '{type.Name}'");
    }

    private void CheckId(string? id)
    {
        if (id is null) return;
        if (!Identifiers.IsValid(id)) throw new CommandException("Parameter 'id' expects an identifier");
        if (tree.Peripheral.Child(id) is not null) throw new CommandException($"Duplicate device ID '{id}'");
    }

    private ObjectNode MakeNode(
        string? id, RecordedType type, Bus? bus, IReadOnlyDictionary<string, JToken> values, bool isHot)
    {
        ObjectNode node = NewNode(type.Name, id);
        foreach ((string property, JToken value) in values) node.Store(property, value);
        node.Store("realized", true);
        node.Store("hotplugged", isHot);
        node.Store("hotpluggable", bus?.TakesHotPlug ?? TakesWithoutBus(type));
        if (type.Name.StartsWith("virtio-balloon", StringComparison.Ordinal)) GuestStatistics.Define(node);
        if (DeviceProperties.Backend(type) is { } backend) AddBackend(node, backend, values);
        if (type.Name == "usb-storage")
        {
            node.Add(new ObjectNode("SCSI", id is null ? buses.NextScsi() : $"{id}.0")).Add(new ObjectNode("scsi-hd", LegacyDisk) { IsDevice = true });
        }

        return node;
    }

    // What is set for a device on PCI that is meant for the one behind it goes there, too.
    private static void AddBackend(ObjectNode node, RecordedType backend, IReadOnlyDictionary<string, JToken> values)
    {
        node.Add(new ObjectNode("virtio-pci-bus", "virtio-bus"));
        ObjectNode behind = node.Add(new ObjectNode(backend.Name, "virtio-backend") { IsDevice = true });
        foreach (RecordedProperty property in backend.DeviceProperties ?? [])
        {
            if (values.TryGetValue(property.Name, out JToken? value)) behind.Store(property.Name, value);
        }
    }

    private ObjectNode NewNode(string type, string? id) => id is null
        ? tree.Anonymous.Add(new ObjectNode(type, $"device[{_anonymous++}]") { IsDevice = true })
        : tree.Peripheral.Add(new ObjectNode(type, id) { IsDevice = true });

    // The devices on its buses go first, as in QEMU, and what stands behind it before itself.
    private void DropAndTell(IReadOnlyList<PluggedDevice> devices)
    {
        var gone = new List<DeviceDeletedEvent>();
        foreach (PluggedDevice device in devices) Drop(device, gone);
        if (gone.Count > 0) tell(gone);
    }

    private void Drop(PluggedDevice device, List<DeviceDeletedEvent> gone)
    {
        if (!_devices.Contains(device)) return;
        foreach (PluggedDevice child in _devices.Where(d => d.Bus is { } bus && device.Buses.Contains(bus)).ToList()) Drop(child, gone);
        string path = device.Node.Path;
        Removed?.Invoke(device);
        _devices.Remove(device);
        buses.Remove(device.Buses);
        if (device.Function is { } function) device.Bus!.Functions.Remove(function);
        foreach (ObjectProperty property in device.Node.Properties().Where(p => p.Name is "drive" or "netdev" or "chardev"))
        {
            if (property.Get() is JValue { Value: string { Length: > 0 } name }) backends.Use(property.Name, name, null);
        }

        foreach (ObjectNode child in device.Node.Children.Concat(device.Node.Children.SelectMany(c => c.Children)).Where(c => c.IsDevice))
        {
            gone.Add(new DeviceDeletedEvent { Path = child.Path });
        }

        device.Node.Parent!.Remove(device.Node);
        gone.Add(new DeviceDeletedEvent { Device = device.Id, Path = path });
    }

    private void SayThatInert(RecordedType type)
    {
        if (_saidThatInert) return;
        _saidThatInert = true;
        logger.Warning("warning: devices of QEMU, such as {Type:l}, are listed and do nothing here", type.Name);
    }
}
