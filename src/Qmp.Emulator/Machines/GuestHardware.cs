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
using Qmp.Protocol.Threading;
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
    private readonly PortBus _ports = new();
    private bool _isGuest; // whether the processor runs with the machine
    private ShutdownController? _shutdown;

    private GuestHardware(VirtualMachine machine, IFirmware firmware, DeviceManager devices, ILogger logger)
    {
        _machine = machine;
        GuestCpu? cpu = null;
        _ports.Add(Serial.Port, SerialPort.First, SerialPort.Count);
        new SystemControl(isOn => cpu!.SetAddressLine20(isOn)).Connect(_ports);
        new PowerManagement().Connect(_ports);
        foreach (PluggedDevice device in devices.Devices.Where(d => d.Type?.Name == DebugExitType))
        {
            _ports.Add(_exit, (ushort)device.Node.Property("iobase").Get()!, (int)device.Node.Property("iosize").Get()!);
        }

        var settings = new CpuSettings
        {
            Firmware = firmware,
            Ports = _ports,
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
        hardware._isGuest = accelerator != Accelerators.Qtest;
        if (hardware._isGuest) machine.AddGuest(hardware._cpu);
        foreach (SaveStateEntry entry in CpuDevice.Create(hardware._cpu)) migration.Entries.Add(entry);
        return hardware;
    }

    /// <summary>Says who does what the guest asks for, and resets the processor with the machine.</summary>
    public void Connect(ShutdownController shutdown)
    {
        _shutdown = shutdown;
        shutdown.HasReset += _ => _cpu.Reset();
    }

    /// <summary>Reads ports from outside of the guest, between two of its instructions. The machine's lock is held.</summary>
    /// <param name="port">The first port.</param>
    /// <param name="size">How many bytes: 1, 2 or 4.</param>
    /// <returns>The bytes, the lowest first; <see langword="null"/> where a PC has a device that is not here.</returns>
    public async ValueTask<uint?> ReadPortAsync(ushort port, int size)
    {
        await HaltAsync().ConfigureAwait(OrderedContext.IsCurrent);
        bool isRead = _ports.TryRead(port, size, out uint value);
        GoOn();
        return isRead ? value : null;
    }

    /// <summary>Writes to ports from outside of the guest, between two of its instructions. The machine's lock is held.</summary>
    /// <param name="port">The first port.</param>
    /// <param name="size">How many bytes: 1, 2 or 4.</param>
    /// <param name="value">The bytes, the lowest first.</param>
    /// <returns>Whether they were written, and what they ask of the machine is done; not where a PC has a device that is not here.</returns>
    public async ValueTask<bool> WritePortAsync(ushort port, int size, uint value)
    {
        await HaltAsync().ConfigureAwait(OrderedContext.IsCurrent);
        bool isWritten = _ports.TryWrite(port, size, value, out MachineRequest request);
        GoOn();
        if (request != MachineRequest.None) await AskAsync(request).ConfigureAwait(OrderedContext.IsCurrent);
        return isWritten;
    }

    private ValueTask HaltAsync() => _machine.IsRunning ? _cpu.StopAsync() : ValueTask.CompletedTask;

    private void GoOn()
    {
        if (_isGuest && _machine.IsRunning) _cpu.Start();
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
