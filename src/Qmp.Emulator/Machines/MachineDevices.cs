using Qmp.Emulator.Blocks;
using Qmp.Emulator.Catalogue;
using Qmp.Emulator.Devices;
using Qmp.Emulator.Objects;
using Qmp.Emulator.Options;
using Qmp.Server.Dispatch;

namespace Qmp.Emulator.Machines;

/// <summary>The devices that a PC has by itself. They are listed in QEMU's order, and do nothing.</summary>
internal sealed class MachineDevices
{
    private const int Memories = 8;
    private const int FirstMemory = 0x50;

    private readonly BuiltInDevices _devices;
    private readonly ObjectTree _tree;
    private readonly EmulatorOptions _options;
    private readonly DriveTable _drives;
    private readonly Disks _disks;
    private readonly Networks _networks;
    private readonly DefaultDevices _defaults;

    private MachineDevices(EmulatorOptions options, MachineType type, ObjectTree tree, BusTree buses, DriveTable drives, Disks disks, Networks networks)
    {
        _networks = networks;
        _options = options;
        _tree = tree;
        _drives = drives;
        _disks = disks;
        _defaults = DefaultDevices.Of(options.Given, type);
        _devices = new BuiltInDevices(tree, buses, (int)options.Cpus.Count + 1);
    }

    /// <summary>Lists the devices of a machine, and connects its drives.</summary>
    /// <exception cref="CommandLineException">A drive cannot be connected.</exception>
    public static void Create(EmulatorOptions options, MachineType type, ObjectTree tree, BusTree buses, DriveTable drives, Disks disks, Networks networks)
    {
        var devices = new MachineDevices(options, type, tree, buses, drives, disks, networks);
        if (type.IsPiix) devices.CreatePiix();
        else if (type.IsQ35) devices.CreateQ35();
    }

    private void CreatePiix()
    {
        AddRoots();
        ObjectNode host = BuiltInDevices.AddTo(_tree.Machine, "i440FX-pcihost", "i440fx");
        host.Add(new ObjectNode("PCI", "pci.0"));
        BuiltInDevices.AddTo(host, "ioapic", "ioapic");
        _devices.Add("i440FX", ("addr", "00.0"));
        ObjectNode chipset = _devices.Add("PIIX3", ("addr", "01.0"), ("multifunction", true));
        AddChipset(chipset);
        ObjectNode disks = BuiltInDevices.AddTo(chipset, "piix3-ide", "ide", ("addr", "01.1"));
        for (int bus = 0; bus < 2; bus++) disks.Add(new ObjectNode("IDE", FormattableString.Invariant($"ide.{bus}")));
        BuiltInDevices.AddTo(chipset, "PIIX4_PM", "pm", ("addr", "01.3")).Add(new ObjectNode("i2c-bus", "i2c"));
        AddDisks(buses: 2, unitsOfBus: 2);
        _devices.Add("isa-i8259", ("iobase", 0x20), ("elcr_addr", 0x4d0), ("elcr_mask", 0xf8), ("master", true));
        _devices.Add("isa-i8259", ("iobase", 0xa0), ("elcr_addr", 0x4d1), ("elcr_mask", 0xde), ("master", false));
        AddVideo("pci.0");
        AddSuperIo(hasFloppies: true);
        if (_defaults.Network) AddCard("e1000", "pci.0");
        AddMemories();
    }

    private void CreateQ35()
    {
        AddRoots();
        ObjectNode host = BuiltInDevices.AddTo(_tree.Machine, "q35-pcihost", "q35");
        host.Add(new ObjectNode("PCIE", "pcie.0"));
        BuiltInDevices.AddTo(host, "mch", "mch", ("addr", "00.0"));
        BuiltInDevices.AddTo(host, "ioapic", "ioapic");
        AddChipset(_devices.Add("ICH9-LPC", ("addr", "1f.0"), ("multifunction", true)));
        _devices.Add("isa-i8259", ("iobase", 0x20), ("elcr_addr", 0x4d0), ("elcr_mask", 0xf8), ("master", true));
        _devices.Add("isa-i8259", ("iobase", 0xa0), ("elcr_addr", 0x4d1), ("elcr_mask", 0xde), ("master", false));
        AddSuperIo(hasFloppies: _drives.At("floppy", 0, 0) is not null || _drives.At("floppy", 0, 1) is not null);
        ObjectNode disks = _devices.Add("ich9-ahci", ("addr", "1f.2"), ("multifunction", true));
        for (int bus = 0; bus < 6; bus++) disks.Add(new ObjectNode("IDE", FormattableString.Invariant($"ide.{bus}")));
        AddDisks(buses: 6, unitsOfBus: 1);
        _devices.Add("ICH9-SMB", ("addr", "1f.3"), ("multifunction", true)).Add(new ObjectNode("i2c-bus", "i2c"));
        AddMemories();
        AddVideo("pcie.0");
        if (_defaults.Network) AddCard("e1000e", "pcie.0");
    }

    private void AddRoots()
    {
        BuiltInDevices.AddTo(_tree.Machine, "fw_cfg_io", "fw_cfg");
        _tree.Unattached.Add(new ObjectNode("System", "sysbus"));
        BuiltInDevices.AddTo(_tree.Unattached, "kvmvapic", "device[1]");
    }

    private static void AddChipset(ObjectNode chipset)
    {
        chipset.Add(new ObjectNode("ISA", "isa.0"));
        BuiltInDevices.AddTo(chipset, "mc146818rtc", "rtc");
        for (int i = 0; i < 2; i++) BuiltInDevices.AddTo(chipset, "i8257", FormattableString.Invariant($"dma[{i}]"));
    }

    private void AddSuperIo(bool hasFloppies)
    {
        if (_options.Machine.Hpet != false) _devices.Add("hpet");
        _devices.Add("isa-pit");
        _devices.Add("isa-pcspk");
        int index = 0;
        foreach (string port in PortsOf(OptionTable.Serial))
        {
            ObjectNode node = _devices.Add("isa-serial", ("chardev", port), ("index", index++));
            BuiltInDevices.AddTo(node, "serial", "serial", ("chardev", port));
        }

        index = 0;
        foreach (string port in PortsOf(OptionTable.Parallel)) _devices.Add("isa-parallel", ("chardev", port), ("index", index++));
        if (hasFloppies) AddFloppies();
        ObjectNode keyboard = _devices.Add("i8042");
        BuiltInDevices.AddTo(keyboard, "ps2-kbd", "ps2kbd");
        BuiltInDevices.AddTo(keyboard, "ps2-mouse", "ps2mouse");
        if (_options.Machine.Vmport != Qmp.Types.OnOffAuto.Off)
        {
            _devices.Add("vmport");
            _devices.Add("vmmouse");
        }

        _devices.Add("port92");
    }

    private IEnumerable<string> PortsOf(Option<string?> option) => _options.Given.All(option).Select(port => port.Value).OfType<string>();

    private void AddFloppies()
    {
        ObjectNode controller = _devices.Add("isa-fdc");
        controller.Add(new ObjectNode("floppy-bus", "floppy-bus.0"));
        for (int unit = 0; unit < 2; unit++)
        {
            if (_drives.At("floppy", 0, unit) is { } drive) Connect(drive, "floppy");
        }
    }

    private void AddDisks(int buses, int unitsOfBus)
    {
        for (int bus = 0; bus < buses; bus++)
        {
            for (int unit = 0; unit < unitsOfBus; unit++)
            {
                if (_drives.At("ide", bus, unit) is { } drive) Connect(drive, drive.IsCdrom ? "ide-cd" : "ide-hd");
            }
        }
    }

    private void Connect(PlacedDrive drive, string type)
    {
        if (type == "ide-hd" && drive.Disk.Medium is null) throw new CommandLineException("Device needs media, but drive is empty");
        ObjectNode node = _devices.Add(type, ("drive", drive.Disk.Drive!), ("unit", drive.Unit));
        node.ParentBus = type == "floppy" ? "floppy-bus.0" : FormattableString.Invariant($"ide.{drive.Bus}");
        drive.Disk.IsMachines = drive.Option is not null;
        try
        {
            _disks.Add(node.Path, null, type, drive.Disk.Drive);
        }
        catch (CommandException e)
        {
            string hint = e.Message.EndsWith(" lock", StringComparison.Ordinal) ? $"\nIs another process using the image [{drive.Disk.Medium?.FileName ?? drive.Option?.Value["file"]}]?" : "";
            throw new CommandLineException(e.Message + hint);
        }
    }

    private void AddVideo(string bus)
    {
        string? type = _options.Given.Last(OptionTable.Video)?.Value.Split(',')[0] switch
        {
            null when _defaults.Video => "VGA",
            "std" => "VGA",
            "cirrus" => "cirrus-vga",
            "vmware" => "vmware-svga",
            "virtio" => "virtio-vga",
            _ => null,
        };
        if (type is not null) _devices.AddPci(type, bus);
    }

    private void AddCard(string type, string bus)
    {
        ObjectNode node = _devices.AddPci(type, bus);
        NetworkClient.Card card = _networks.AddDefaultCard(node.Path, type);
        node.Store("mac", card.Mac.ToString());
        node.Store("netdev", card.Peer!.Name);
    }

    private void AddMemories()
    {
        for (int i = 0; i < Memories; i++) _devices.Add("smbus-eeprom", ("address", FirstMemory + i));
    }
}
