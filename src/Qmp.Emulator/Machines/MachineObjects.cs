using Newtonsoft.Json.Linq;
using Qmp.Emulator.Blocks;
using Qmp.Emulator.Catalogue;
using Qmp.Emulator.Chardevs;
using Qmp.Emulator.Logging;
using Qmp.Emulator.Objects;
using Qmp.Emulator.Options;
using Qmp.Machine;
using Qmp.Machine.Memory;
using Qmp.Migration.Cpr;
using Qmp.Server.Dispatch;
using Qmp.Types;
using Serilog;

namespace Qmp.Emulator.Machines;

/// <summary>Makes the objects of a machine: the tree, and what <c>-object</c> asks for.</summary>
internal static class MachineObjects
{
    /// <summary>The tree of a machine without devices.</summary>
    public static ObjectTree Tree(EmulatorOptions options, MachineType type, VirtualMachine machine, ChardevSet chardevs) => new(
        options.Version,
        type.Name,
        name => ValueOf(name, options, type, machine),
        () => chardevs.All.Select(c => new ObjectNode($"chardev-{c.Kind}", c.Id)).ToList());

    /// <summary>Makes the objects of the command line, and the machine's memory.</summary>
    /// <exception cref="CommandLineException">One cannot be made.</exception>
    public static UserObjects Create(EmulatorOptions options, MachineType type, GuestMemory memory, ObjectTree tree, CprState cpr, TlsObjects tls)
    {
        var objects = new UserObjects(tree, options.Version, cpr, tls);
        foreach (OptionValue<Audiodev> audio in options.Given.All(HostOptionTable.AudioDevice))
        {
            tree.AddAudio(audio.Value.Id, audio.Value.Driver.ToWireName());
        }

        foreach (OptionValue<ObjectOptions> made in options.Objects) Check(objects, made.Value);
        foreach (MonitorSpec monitor in options.Version.MonitorsAreObjects ? options.Monitors : [])
        {
            if (tree.Objects.Child(monitor.Id) is null) objects.List(monitor.ToObject());
        }

        foreach (RamBlock block in new MachineMemory(cpr).Create(options, type, memory)) objects.Own(block);
        if (options.MemoryBackend is { } backend)
        {
            objects.Use(backend);
        }
        else if (options.Nodes.Memory.Count > 0)
        {
            foreach (string name in options.Nodes.Memory) objects.Use(name);
        }
        else if (memory.Blocks.FirstOrDefault(b => b.Id == type.RamId) is { } main)
        {
            objects.List(new ObjectOptions.MemoryBackendRam
            {
                Id = type.RamId,
                Value = new MemoryBackendProperties { Size = main.Length },
            });
            objects.Use(type.RamId);
        }

        return objects;
    }

    /// <summary>Makes what devices build on.</summary>
    /// <returns>The drives.</returns>
    /// <exception cref="CommandLineException">One cannot be made.</exception>
    public static DriveTable AddBackends(
        GivenOptions given, MachineType type, BlockGraph blocks, Disks disks, Networks networks, ILogger logger)
    {
        ILogger bare = StandardErrorLine.WithoutProgram(logger);
        var drives = new DriveTable(blocks, disks, type.IsPc ? "ide" : "none", type.IsQ35 ? 1 : 2, text => bare.Warning("{Text:l}", text));
        foreach (OptionValue<BlockdevOptions> block in given.All(OptionTable.Block)) Try(block, value => blocks.Add(value));
        foreach (OptionValue<DriveArguments> drive in given.All(BlockOptionTable.Drive)) drives.Add(drive);
        DefaultDevices defaults = DefaultDevices.Of(given, type);
        if (defaults.Cdrom) drives.AddDefault(null, 2, isCdrom: true);
        if (defaults.Floppy) drives.AddDefault("floppy", 0, isCdrom: false);
        if (defaults.Network) networks.AddDefault();
        foreach (OptionValue<Netdev> network in given.All(OptionTable.Netdev)) Try(network, networks.Add);
        return drives;
    }

    /// <summary>The devices that drives ask for.</summary>
    public static IEnumerable<OptionValue<DeviceArguments>> DevicesOf(DriveTable drives) =>
        from drive in drives.All
        where drive.Kind == "virtio"
        let properties = new JObject { ["drive"] = drive.Disk.Drive }
        select new OptionValue<DeviceArguments>(drive.Option!.Option, drive.Option.Text, new DeviceArguments("virtio-blk-pci", null, null, properties, IsText: true));

    /// <summary>Bytes of the machine's memory.</summary>
    public static ulong MemorySize(EmulatorOptions options, MachineType type, GuestMemory memory) =>
        options.Nodes.Memory.Count > 0
            ? (ulong)options.Nodes.Memory.Sum(name => (long)(memory.Find(name)?.Length ?? 0))
            : memory.Find(options.MemoryBackend ?? type.RamId)?.Length ?? 0;

    private static void Try<T>(OptionValue<T> option, Action<T> make)
    {
        try
        {
            make(option.Value);
        }
        catch (CommandException e)
        {
            throw option.Error(e.Message);
        }
    }

    private static void Check(UserObjects objects, ObjectOptions made)
    {
        try
        {
            objects.Check(made);
            objects.List(made);
        }
        catch (CommandException e)
        {
            throw new CommandLineException(e.Message);
        }
    }

    private static JToken? ValueOf(string property, EmulatorOptions options, MachineType type, VirtualMachine machine) => property switch
    {
        "smp" => Topology(options.Cpus),
        "memory" => new JObject { ["size"] = MemorySize(options, type, machine.Memory) },
        "memory-backend" => $"/objects/{options.MemoryBackend ?? type.RamId}",
        "boot" => new JObject { ["order"] = options.Machine.Boot?.Order ?? "cad" },
        "graphics" => options.Machine.Graphics ?? true,
        "usb" => options.Machine.Usb ?? false,
        "aux-ram-share" => options.Machine.AuxRamShare ?? false,
        "dump-guest-core" => options.Machine.DumpGuestCore ?? true,
        "mem-merge" => options.Machine.MemMerge ?? true,
        "acpi" => options.Machine.Acpi?.ToWireName() ?? "auto",
        "smm" => options.Machine.Smm?.ToWireName() ?? "auto",
        "vmport" => options.Machine.Vmport?.ToWireName() ?? "auto",
        "hpet" or "i8042" or "sata" or "smbus" or "fd-bootchk" => true,
        _ => null,
    };

    private static JObject Topology(CpuTopology cpus) => new()
    {
        ["cpus"] = cpus.Count, ["maxcpus"] = cpus.Most, ["drawers"] = 1, ["books"] = 1, ["sockets"] = cpus.Sockets,
        ["dies"] = cpus.Dies, ["clusters"] = 1, ["modules"] = cpus.Modules, ["cores"] = cpus.Cores, ["threads"] = cpus.Threads,
    };
}
