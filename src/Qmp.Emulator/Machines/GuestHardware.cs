using Qmp.Cpu;
using Qmp.Cpu.Firmware;
using Qmp.Cpu.Ports;
using Qmp.Devices.Processor;
using Qmp.Emulator.Blocks;
using Qmp.Emulator.Catalogue;
using Qmp.Emulator.Chardevs;
using Qmp.Emulator.Control;
using Qmp.Emulator.Devices;
using Qmp.Emulator.Options;
using Qmp.Machine;
using Qmp.Machine.Time;
using Qmp.Migration;
using Qmp.Migration.SaveState;
using Serilog;

namespace Qmp.Emulator.Machines;

/// <summary>The parts of a PC that run the guest's code: a processor, its ports, and what they do to the machine.</summary>
internal sealed class GuestHardware
{
    private const long VirtualRate = 10_000_000; // instructions a second in virtual time
    private const string DebugExitType = "isa-debug-exit";

    private readonly DebugExit _exit = new();
    private readonly VirtualMachine _machine;
    private readonly GuestCpu _cpu;
    private ShutdownController? _shutdown;

    private GuestHardware(VirtualMachine machine, IFirmware firmware, DeviceManager devices, ILogger logger)
    {
        _machine = machine;
        var ports = new PortBus();
        GuestCpu? cpu = null;
        ports.Add(Serial.Port, SerialPort.First, SerialPort.Count);
        new SystemControl(isOn => cpu!.SetAddressLine20(isOn)).Connect(ports);
        new PowerManagement().Connect(ports);
        foreach (PluggedDevice device in devices.Devices.Where(d => d.Type?.Name == DebugExitType))
        {
            ports.Add(_exit, (ushort)device.Node.Property("iobase").Get()!, (int)device.Node.Property("iosize").Get()!);
        }

        var settings = new CpuSettings
        {
            Firmware = firmware,
            Ports = ports,
            Ask = AskAsync,
            Rate = machine.Timeline is VirtualTimeline ? VirtualRate : null,
        };
        _cpu = cpu = new GuestCpu(machine, settings, logger);
    }

    /// <summary>The line of the serial port.</summary>
    public SerialLine Serial { get; } = new();

    /// <summary>Makes them, if the machine has them. The processor runs if something that can run code was asked for.</summary>
    /// <exception cref="CommandLineException">The kernel cannot be loaded.</exception>
    public static GuestHardware? Create(EmulatorOptions options, MachineType type, VirtualMachine machine, MigrationCore migration, Disks disks, DeviceManager devices, ILogger logger)
    {
        if (!type.IsPiix && !type.IsQ35) return null;
        IFirmware firmware = KernelImage.Load(options.Given, logger) ?? (IFirmware)new BootSector(() => BootDisk.FirstSector(disks));
        var hardware = new GuestHardware(machine, firmware, devices, logger);
        string accelerator = Accelerators.Choose(options.Given.All(OptionTable.Accelerator), options.Machine.Accel, _ => { });
        if (accelerator != Accelerators.Qtest) machine.AddGuest(hardware._cpu);
        foreach (SaveStateEntry entry in CpuDevice.Create(hardware._cpu)) migration.Entries.Add(entry);
        return hardware;
    }

    /// <summary>Says who does what the guest asks for, and resets the processor with the machine.</summary>
    public void Connect(ShutdownController shutdown)
    {
        _shutdown = shutdown;
        shutdown.HasReset += _ => _cpu.Reset();
    }

    private ValueTask AskAsync(MachineRequest request) => request switch
    {
        MachineRequest.Reset => _shutdown!.ResetAsync(Types.ShutdownCause.GuestReset),
        MachineRequest.PowerOff => _shutdown!.GuestShutdownAsync(),
        MachineRequest.Suspend => _machine.SuspendAsync(),
        MachineRequest.Exit => _shutdown!.GuestShutdownAsync(_exit.Status),
        _ => ValueTask.CompletedTask,
    };
}
