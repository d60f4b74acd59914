using Qmp.Api;
using Qmp.Emulator.Blocks;
using Qmp.Emulator.Chardevs;
using Qmp.Emulator.Commands;
using Qmp.Emulator.Control;
using Qmp.Emulator.Devices;
using Qmp.Emulator.Dumps;
using Qmp.Emulator.HumanMonitor;
using Qmp.Emulator.Jobs;
using Qmp.Emulator.Machines;
using Qmp.Emulator.Options;
using Qmp.Machine;
using Qmp.Migration;
using Qmp.Protocol.Visitors;
using Qmp.Server.Dispatch;
using Qmp.Server.Events;

namespace Qmp.Emulator.Hosting;

/// <summary>The commands that an emulator has: one class a schema module, the generated tables know their methods.</summary>
internal static class CommandSet
{
    /// <summary>Makes what runs lines of the human monitor.</summary>
    public static HumanMonitorInterpreter CreateHuman(
        BuiltMachine built,
        EmulatorPorts ports,
        ShutdownController shutdown,
        IncomingPolicy incoming,
        ChardevSet chardevs,
        MemoryDump dump,
        CommandWarnings warnings,
        Preconfiguration preconfiguration,
        MachineCommands commands) => new(
            new HumanCommands(new GuestControl(built.Machine) { IsDumping = () => dump.IsActive }, built.Migration, incoming, shutdown),
            [
                .. new HumanDeviceCommands(chardevs, ports.OpenChardev, new DumpCommands(dump, ports.Descriptors), new CharCommands(chardevs, ports.OpenChardev, built.Version), built.Version).All,
                .. new HumanSnapshotCommands(new InternalSnapshots(built.Machine, built.Migration, built.Blocks)).All,
                .. new HumanMachineCommands(built, preconfiguration, shutdown).All,
                .. new HumanObjectCommands(built.Tree, new QomCommands(built.Tree, built.Objects, monitorId: "")).All,
                .. new HumanMemoryCommands(commands).All,
                .. new HumanActionCommands(new RunStateCommands(built.Machine, shutdown)).All,
                .. HumanLimitCommands.All,
            ],
            [
                .. new HumanInfos(built, chardevs, dump).All,
                .. new HumanMachineInfos(built).All,
                .. new HumanHardwareInfos(built, commands, new UiCommands(built)).All,
            ],
            warnings,
            built.Version.Release);

    /// <summary>Makes the commands about the machine, which monitors of both kinds have, and its guest.</summary>
    public static MachineCommands CreateMachine(BuiltMachine built, EmulatorOptions options, EmulatorPorts ports, IEventPublisher publisher, ShutdownController shutdown, Preconfiguration preconfiguration)
    {
        ulong memory = MachineObjects.MemorySize(options, built.Type, built.Machine.Memory);
        var guest = new SimulatedGuest(
            built.Machine, built.Devices.Guest, shutdown, new MachineEvents(publisher), () => memory + built.MemoryDevices.Total, built.Type.IsPc);
        built.Plugged.AskGuest = guest.Unplug;
        var saved = new SavedMemory(built.Machine, built.Version, built.Migration, shutdown, ports.Offload);
        return new MachineCommands(built.Machine, shutdown, saved, built, guest, memory, preconfiguration);
    }

    /// <summary>Makes the commands.</summary>
    /// <param name="built">The machine that they are about.</param>
    /// <param name="options">What was asked for.</param>
    /// <param name="ports">The world around it.</param>
    /// <param name="publisher">Sends events.</param>
    /// <param name="shutdown">Ends the emulator.</param>
    /// <param name="incoming">What becomes of it when an incoming migration fails.</param>
    /// <param name="chardevs">Its character devices.</param>
    /// <param name="dump">Dumps its memory.</param>
    /// <param name="human">Runs lines of the human monitor.</param>
    /// <param name="preconfiguration">The time before the machine is there.</param>
    /// <param name="machineCommands">The commands about the machine.</param>
    public static CommandRegistry Create(
        BuiltMachine built,
        EmulatorOptions options,
        EmulatorPorts ports,
        IEventPublisher publisher,
        ShutdownController shutdown,
        IncomingPolicy incoming,
        ChardevSet chardevs,
        MemoryDump dump,
        HumanMonitorInterpreter human,
        Preconfiguration preconfiguration,
        MachineCommands machineCommands)
    {
        (VirtualMachine machine, MigrationCore core) = (built.Machine, built.Migration);
        CompatPolicy policy = options.Policy;
        var guest = new GuestControl(machine) { IsDumping = () => dump.IsActive };
        shutdown.HasReset += _ => built.Plugged.Reset();
        shutdown.HasReset += _ => Reload(built.Devices.Images);
        built.Hardware?.Connect(shutdown);
        var jobs = new JobList(machine, new JobEvents(publisher));
        var migration = new MigrationCommands(core, incoming, jobs, new InternalSnapshots(machine, core, built.Blocks));
        CommandRegistry.Builder commands = new CommandRegistry.Builder()
            .Add(RunStateCommandTable.Commands, new RunStateCommands(machine, shutdown))
            .Add(JobCommandTable.Commands, new JobCommands(jobs))
            .Add(BlockCommandTable.Commands, new BlockCommands(built.Disks))
            .Add(BlockCoreCommandTable.Commands, new BlockCoreCommands(built.Blocks, built.Disks, ports.Offload))
            .Add(CharCommandTable.Commands, new CharCommands(chardevs, ports.OpenChardev, options.Version))
            .Add(DumpCommandTable.Commands, new DumpCommands(dump, ports.Descriptors))
            .Add(NetCommandTable.Commands, new NetCommands(built.Networks))
            .Add(TpmCommandTable.Commands, new TpmCommands(new RecordedReplies(options.Version.Recorded)))
            .Add(MigrationCommandTable.Commands, migration)
            .Add(MigrationCommandTable.OobCommands, migration)
            .Add(ControlCommandTable.Commands, session => new ControlCommands(session, shutdown, options.Version, policy))
            .Add(IntrospectCommandTable.Commands, new IntrospectCommands(policy))
            .Add(QomCommandTable.Commands, session => new QomCommands(built.Tree, built.Objects, session.MonitorId))
            .Add(QdevCommandTable.Commands, new QdevCommands(built.Plugged, options.Version.Recorded))
            .Add([QdevCommands.DeviceAdd], new DeviceAddCommand(built.Plugged, core))
            .Add(MachineCommandTable.Commands, machineCommands)
            .Add(MachineTargetCommandTable.Commands, new MachineTargetCommands(options.Version.Recorded))
            .Add(ReplayCommandTable.Commands, new ReplayCommands())
            .Add(YankCommandTable.OobCommands, new YankCommands(chardevs, core))
            .Add(
                MiscCommandTable.Commands,
                session => new MiscCommands(machine, built, guest, human, preconfiguration, ports.Descriptors, session))
            .Add(MiscTargetCommandTable.Commands, new MiscTargetCommands(built.Type))
            .Add(AcpiCommandTable.Commands, new AcpiCommands(built.Type.IsPc, built.MemoryDevices))
            .Add(AudioCommandTable.Commands, new AudioCommands(options))
            .Add(PciCommandTable.Commands, new PciCommands(new PciView(built.Buses, options.Version.Recorded)))
            .Add(UiCommandTable.Commands, new UiCommands(built))
            .Add(BlockExportCommandTable.Commands, new BlockExportCommands())
            .Add(CryptodevCommandTable.Commands, new CryptodevCommands())
            .Add(StatsCommandTable.Commands, new StatsCommands());
        if (options.HasSimulation)
        {
            commands.Add(XSimCommandTable.Commands, new XSimCommands(core, built.Devices, machine.Timeline));
        }

        return commands.Build();
    }

    private static void Reload(IEnumerable<ImageLoader> images)
    {
        foreach (ImageLoader image in images) image.Reload();
    }
}
