using Qmp.Devices.Guest;
using Qmp.Devices.Vfio;
using Qmp.Devices.Workload;
using Qmp.Emulator.Devices;
using Qmp.Emulator.Options;
using Qmp.Machine;
using Qmp.Machine.Memory;
using Qmp.Migration;
using Qmp.Migration.Status;
using Qmp.Protocol.Visitors;
using Qmp.Server.Dispatch;
using Qmp.Types;
using Serilog;

namespace Qmp.Emulator.Machines;

/// <summary>Makes the devices of <c>-device</c>.</summary>
internal static class DeviceFactory
{
    private const ulong DefaultConfigBytes = 256; // of a PCI device

    /// <exception cref="CommandLineException">A device cannot be made.</exception>
    public static SimulatedDevices Create(
        IEnumerable<OptionValue<DeviceArguments>> devices,
        VirtualMachine machine,
        MigrationCore migration,
        DeviceManager manager,
        ILogger logger)
    {
        GuestSettings? guestSettings = null;
        var vfio = new List<VfioDevice>();
        var workloads = new List<WorkloadGuest>();
        var images = new List<ImageLoader>();
        foreach (OptionValue<DeviceArguments> device in devices)
        {
            List(device, manager);
            switch (device.Value.Own)
            {
                case DeviceOptions.Loader loader:
                    images.Add(ImageLoader.Load(device, loader.Value, machine.Memory));
                    break;

                case DeviceOptions.XVfio options:
                    vfio.Add(CreateVfio(device, options, vfio, machine, logger));
                    break;

                case DeviceOptions.XWorkload workload:
                    if (workload.Value.Migratable == false) Block(device, workload, migration.Blockers);
                    workloads.Add(CreateWorkload(device, workload, machine, logger));
                    break;

                case DeviceOptions.XGuest guest:
                    if (guestSettings is not null) throw device.Error("A machine has one guest");
                    guestSettings = SettingsOf(guest.Value);
                    break;
            }
        }

        foreach (VfioDevice device in vfio)
        {
            migration.Entries.Add(device);
            machine.AddGuest(device);
        }

        foreach (WorkloadGuest guest in workloads) machine.AddGuest(guest);
        return new SimulatedDevices(vfio, workloads, guestSettings, images);
    }

    private static void List(OptionValue<DeviceArguments> device, DeviceManager manager)
    {
        try
        {
            if (device.Value.Own is null) manager.Add(device.Value, isHot: false);
            else manager.AddOwn(device.Value);
        }
        catch (Exception e) when (e is CommandException or VisitorException)
        {
            throw device.Error(e.Message);
        }
    }

    private static GuestSettings SettingsOf(GuestOptions options) => new()
    {
        Powerdown = Time(options.PowerdownMs),
        ResetsOnPowerdown = options.Powerdown == GuestPowerdown.Reset,
        Panic = Time(options.PanicMs),
        Watchdog = Time(options.WatchdogMs),
        Unplug = Time(options.UnplugMs),
        Balloon = Time(options.BalloonMs),
    };

    private static TimeSpan? Time(uint? milliseconds) => milliseconds is { } value ? TimeSpan.FromMilliseconds(value) : null;

    private static VfioDevice CreateVfio(
        OptionValue<DeviceArguments> device,
        DeviceOptions.XVfio vfio,
        List<VfioDevice> others,
        VirtualMachine machine,
        ILogger logger)
    {
        string id = vfio.Id ?? $"vfio{others.Count}";
        if (others.Exists(o => o.Settings.Id == id)) throw device.Error($"Duplicate device ID '{id}'");
        VfioOptions options = vfio.Value;
        return new VfioDevice(
            new VfioSettings
            {
                Id = id,
                InitialBytes = options.InitialBytes ?? 0,
                PrecopyRate = options.PrecopyRate ?? 0,
                StopCopyBytes = options.StopCopyBytes ?? 0,
                ConfigBytes = options.ConfigBytes ?? DefaultConfigBytes,
                LoadTime = TimeSpan.FromMilliseconds(options.LoadTimeMs ?? 0),
                AllowsPostcopy = options.Postcopy ?? false,
                Ack = options.Ack ?? VfioAckPolicy.Auto,
            },
            machine.Timeline,
            logger);
    }

    private static void Block(
        OptionValue<DeviceArguments> device, DeviceOptions.XWorkload workload, MigrationBlockers blockers)
    {
        try
        {
            blockers.Add($"Guest '{NameOf(workload)}' is not migratable");
        }
        catch (MigrationException e)
        {
            throw device.Error(e.Message);
        }
    }

    private static string NameOf(DeviceOptions.XWorkload workload) => workload.Id ?? "workload0";

    private static WorkloadGuest CreateWorkload(
        OptionValue<DeviceArguments> device, DeviceOptions.XWorkload workload, VirtualMachine machine, ILogger logger)
    {
        if (workload.Value is { Addr: not null, Offset: not null }) throw device.Error("Parameters 'addr' and 'offset' are the same");
        ulong offset = workload.Value.Addr ?? workload.Value.Offset ?? 0;
        ulong memory = machine.Memory.LengthFrom(offset);
        if (offset % RamBlock.PageSize != 0 || memory == 0)
        {
            throw device.Error("Parameter 'addr' expects the address of a page in memory");
        }

        ulong workingSet = workload.Value.WorkingSet ?? memory;
        if (workingSet > memory || workingSet < 2 * RamBlock.PageSize)
        {
            throw device.Error("Parameter 'working-set' expects two pages or more, all in memory");
        }

        ulong rate = workload.Value.Rate ?? 0;
        if (rate > long.MaxValue) throw device.Error("Parameter 'rate' is too large");
        var settings = new WorkloadSettings
        {
            Id = NameOf(workload),
            Rate = (long)rate,
            WorkingSet = (long)(workingSet / RamBlock.PageSize * RamBlock.PageSize),
            Offset = (long)offset,
            Reads = workload.Value.Reads ?? true,
        };
        return new WorkloadGuest(machine, settings, logger);
    }
}
