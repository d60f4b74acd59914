using Qmp.Emulator.Recorded;

namespace Qmp.Emulator.Devices;

/// <summary>The buses of a machine: those that it has, and those that devices bring.</summary>
internal sealed class BusTree
{
    private readonly Dictionary<string, int> _numbered = new(StringComparer.Ordinal);
    private readonly List<Bus> _buses = []; // newest first, as QEMU looks for one
    private readonly RecordedCatalogue _types;

    /// <summary>The buses of a machine without devices.</summary>
    /// <param name="machineType">The full name of its type.</param>
    /// <param name="types">The types of objects that there are.</param>
    /// <param name="hasUsb">Whether it has a USB controller.</param>
    public BusTree(string machineType, RecordedCatalogue types, bool hasUsb)
    {
        _types = types;
        _buses.Insert(0, new Bus("main-system-bus", "System", types, takesHotPlug: false));
        if (machineType.StartsWith("pc-i440fx-", StringComparison.Ordinal))
        {
            Take(Add("pci.0", "PCI", true), (0, 0, "i440FX"), (1, 0, "PIIX3"), (1, 1, "piix3-ide"), (1, 3, "PIIX4_PM"));
            Add("isa.0", "ISA", false);
            for (int i = 0; i < 2; i++) Add($"ide.{i}", "IDE", false);
            Add("i2c", "i2c-bus", false);
        }
        else if (machineType.StartsWith("pc-q35-", StringComparison.Ordinal))
        {
            Take(Add("pcie.0", "PCIE", false), (0, 0, "mch"), (31, 0, "ICH9-LPC"), (31, 2, "ich9-ahci"), (31, 3, "ICH9-SMB"));
            Add("isa.0", "ISA", false);
            for (int i = 0; i < 6; i++) Add($"ide.{i}", "IDE", false);
            Add("i2c", "i2c-bus", false);
        }
        else if (machineType is "isapc" or "microvm")
        {
            Add("isa.0", "ISA", false);
        }

        if (hasUsb) Add("usb-bus.0", "usb-bus", true);
        foreach (Bus bus in _buses)
        {
            bus.IsBuiltIn = true;
            if (bus.Name != "pcie.0") _numbered[bus.Type] = _numbered.GetValueOrDefault(bus.Type) + 1;
        }
    }

    /// <summary>The PCI buses that the machine itself has.</summary>
    public IEnumerable<Bus> HostBridges => _buses.Where(bus => bus is { IsBuiltIn: true, IsPci: true });

    /// <summary>The bus of that name, or <see langword="null"/>.</summary>
    public Bus? Named(string name) => _buses.FirstOrDefault(bus => bus.Name == name);

    /// <summary>The bus that a device goes on that names none, or <see langword="null"/>.</summary>
    public Bus? Fitting(string type) =>
        _buses.FirstOrDefault(bus => bus.Is(type) && bus.IsBuiltIn) ?? _buses.FirstOrDefault(bus => bus.Is(type));

    /// <summary>Adds the buses that a device brings.</summary>
    /// <param name="type">The device's type.</param>
    /// <param name="id">Its id; <see langword="null"/> for none.</param>
    public IReadOnlyList<Bus> AddFor(RecordedType type, string? id)
    {
        var added = new List<Bus>();
        foreach ((string pattern, string busType) in type.Buses.Where(bus => bus.Name != "virtio-bus"))
        {
            string name = id is not null ? pattern.Replace("ID", id, StringComparison.Ordinal) : NextName(pattern, busType);
            added.Add(Add(name, busType, busType is not ("HDA" or "IDE" or "i2c-bus" or "floppy-bus"), IsPort(type)));
        }

        return added;
    }

    /// <summary>Drops buses that a device brought.</summary>
    public void Remove(IEnumerable<Bus> buses)
    {
        foreach (Bus bus in buses) _buses.Remove(bus);
    }

    private static bool IsPort(RecordedType type) => type.Is("pcie-port") || type.Is("cxl-rp");

    private static void Take(Bus bus, params (int Slot, int Function, string Type)[] taken)
    {
        foreach ((int slot, int function, string type) in taken)
        {
            bus.Functions[(slot << 3) | function] = new(type, null, IsMultifunction: taken.Count(t => t.Slot == slot) > 1);
        }
    }

    private Bus Add(string name, string type, bool takesHotPlug, bool isPort = false)
    {
        var bus = new Bus(name, type, _types, takesHotPlug) { IsPort = isPort };
        _buses.Insert(0, bus);
        return bus;
    }

    /// <summary>The name of the bus that a USB disk without id brings.</summary>
    public string NextScsi() => NextName("ID.0", "SCSI");

    // A bus of a device without id is numbered among such buses of its kind.
    private string NextName(string pattern, string type)
    {
        if (!pattern.Contains("ID", StringComparison.Ordinal)) return pattern;
        int number = _numbered.GetValueOrDefault(type);
        _numbered[type] = number + 1;
        return $"{type.ToLowerInvariant()}.{number}";
    }
}
