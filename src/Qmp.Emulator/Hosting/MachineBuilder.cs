using Qmp.Devices.Timer;
using Qmp.Emulator.Catalogue;
using Qmp.Emulator.Control;
using Qmp.Emulator.Machines;
using Qmp.Emulator.Options;
using Qmp.Machine;
using Qmp.Machine.Memory;
using Qmp.Migration;

namespace Qmp.Emulator.Hosting;

/// <summary>A machine as a command line asks for it.</summary>
/// <param name="Machine">The machine.</param>
/// <param name="Migration">Its migration.</param>
/// <param name="Devices">The devices that commands of our own name.</param>
/// <param name="Cpus">How many CPUs clients may name.</param>
/// <param name="UnusedMemory">Memory of objects that the machine does not use.</param>
internal sealed record BuiltMachine(
    VirtualMachine Machine,
    MigrationCore Migration,
    SimulatedDevices Devices,
    long Cpus,
    IReadOnlyList<RamBlock> UnusedMemory);

/// <summary>Builds machines.</summary>
internal static class MachineBuilder
{
    /// <summary>Builds one that does not run.</summary>
    /// <param name="options">What is asked for.</param>
    /// <param name="ports">The world around it.</param>
    /// <param name="events">Is told of what happens to it.</param>
    /// <param name="warnings">Is told of what is deprecated.</param>
    /// <exception cref="CommandLineException">The options ask for something that this host or emulator does not have.</exception>
    public static BuiltMachine Build(
        EmulatorOptions options, EmulatorPorts ports, MachineEventAdapter events, CommandWarnings warnings)
    {
        GivenOptions given = options.Given;
        MachineType type = MachineType.Find(options.MachineType)
            ?? throw new CommandLineException($"unsupported machine type: \"{options.MachineType}\"");
        var identity = new MachineIdentity(type.Name, options.GuestName, given.Last(OptionTable.Uuid)?.Value);
        var machine = new VirtualMachine(identity, ports.Timeline, events, ports.Logger)
        {
            Autostart = !given.Has(OptionTable.Stopped),
        };
        var migration = new MigrationCore(machine, ports.Connector, events, ports.Logger);
        migration.Blockers.OnlyMigratable = given.Has(OptionTable.OnlyMigratable);
        migration.Entries.Add(TimerDevice.Create(machine));
        MigrationGlobals.Apply(options.Globals, migration.Options, warnings.Add);
        SecretObjects.Check(options.Objects);
        IReadOnlyList<RamBlock> unused = MachineMemory.Create(options, type, machine.Memory);
        SimulatedDevices devices = DeviceFactory.Create(given.All(OptionTable.Device), machine, migration, ports.Logger);
        migration.Faults.Happening += events.Fault;
        return new BuiltMachine(machine, migration, devices, type.IsPc ? options.Cpus : 0, unused);
    }
}
