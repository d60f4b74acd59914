using Qmp.Api;
using Qmp.Devices.Timer;
using Qmp.Emulator.Blocks;
using Qmp.Emulator.Catalogue;
using Qmp.Emulator.Chardevs;
using Qmp.Emulator.Control;
using Qmp.Emulator.Devices;
using Qmp.Emulator.Machines;
using Qmp.Emulator.Objects;
using Qmp.Emulator.Options;
using Qmp.Machine;
using Qmp.Migration;
using Qmp.Migration.Cpr;
using Qmp.Server.Events;

namespace Qmp.Emulator.Hosting;

/// <summary>Builds machines.</summary>
internal static class MachineBuilder
{
    /// <summary>Builds one that does not run.</summary>
    /// <param name="options">What is asked for.</param>
    /// <param name="ports">The world around it.</param>
    /// <param name="publisher">Sends its events.</param>
    /// <param name="chardevs">The character devices, which will be opened later.</param>
    /// <param name="warnings">Is told of what is deprecated.</param>
    /// <param name="arrival">What the program left whose place this one takes, if it takes one's.</param>
    /// <exception cref="CommandLineException">The options ask for something that this host or emulator does not have.</exception>
    public static BuiltMachine Build(
        EmulatorOptions options,
        EmulatorPorts ports,
        IEventPublisher publisher,
        ChardevSet chardevs,
        CommandWarnings warnings,
        CprArrival? arrival)
    {
        GivenOptions given = options.Given;
        var events = new MachineEventAdapter(publisher, warnings);
        MachineType type = MachineType.Find(options.MachineType, options.Version)
            ?? throw new CommandLineException($"unsupported machine type: \"{options.MachineType}\"");
        var identity = new MachineIdentity(type.Name, options.GuestName, given.Last(OptionTable.Uuid)?.Value);
        var machine = new VirtualMachine(identity, ports.Timeline, events, ports.Logger)
        {
            Autostart = !given.Has(OptionTable.Stopped),
        };
        var migration = new MigrationCore(machine, ports.Connector, events, ports.Logger, options.Version.Migration, arrival);
        migration.Blockers.OnlyMigratable = given.Has(OptionTable.OnlyMigratable);
        migration.Options.Tls = ports.Tls;
        migration.Entries.Add(TimerDevice.Create(machine));
        MigrationGlobals.Apply(type.Name, options.Globals, migration.Options, warnings.Add);
        ObjectTree tree = MachineObjects.Tree(options, type, machine, chardevs);
        UserObjects objects = MachineObjects.Create(options, type, machine.Memory, tree, migration.Cpr, ports.Tls);
        var processors = new Processors(type, options, tree, ports.Timeline);
        var backends = new Backends();
        bool isBuilt = false; // character devices are opened after it
        backends.Register("chardev", id => isBuilt ? chardevs.Find(id) is not null : options.Chardevs.Any(c => c.Value.Id == id));
        var blocks = new BlockGraph();
        machine.Storage = blocks;
        if (options.Incoming is not null) blocks.Release();
        var disks = new Disks(blocks, new BlockEvents(publisher));
        var networks = new Networks(ports.Logger);
        backends.Register("drive", name => disks.Drive(name) is not null || blocks.Find(name) is not null);
        backends.RefusalOfDrive = (name, type) => InertDevices.Refusal(name, type, disks);
        backends.ConflictOverNode = (name, device) => InertDevices.Conflict(name, device, disks, blocks);
        chardevs.IsUsed = id => backends.User("chardev", id) is not null;
        backends.Register("netdev", networks.Has);
        backends.UserOfNetwork = networks.UserOf;
        var buses = new BusTree(type.Name, options.Version.Recorded, options.Machine.Usb == true);
        var plugged = new DeviceManager(tree, buses, backends, events.Devices(machine), ports.Logger);
        var memory = new MemoryDevices(machine.Memory, objects, MemoryArguments.Extra(given), MachineObjects.MemorySize(options, type, machine.Memory));
        plugged.TakesWithoutBus = model => type.IsPc && (model.Is("cpu") || model.Is("pc-dimm"));
        InertDevices.Follow(plugged, disks, networks, migration.Blockers, processors, memory);
        DriveTable drives = MachineObjects.AddBackends(given, type, blocks, disks, networks, ports.Logger);
        MachineDevices.Create(options, type, tree, buses, drives, disks, networks);
        SimulatedDevices devices = DeviceFactory.Create([.. given.All(OptionTable.Device), .. MachineObjects.DevicesOf(drives)], machine, migration, plugged, ports.Logger);
        drives.CheckUsed();
        GuestHardware? hardware = GuestHardware.Create(options, type, machine, migration, disks, plugged, ports.Logger);
        if (given.Last(GuestOptionTable.LoadSnapshot) is not null) throw new CommandLineException(InertDevices.RefusalOfSnapshots(disks));
        migration.Faults.Happening += events.Fault;
        isBuilt = true;
        return new BuiltMachine(options.Version, machine, migration, devices, tree, plugged, objects, processors, blocks, disks, drives, networks, type, buses, options.Nodes, memory, hardware, options.MemoryBackend ?? type.RamId);
    }
}
