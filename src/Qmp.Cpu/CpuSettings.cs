namespace Qmp.Cpu;

/// <summary>How a processor runs.</summary>
public sealed record CpuSettings
{
    /// <summary>What it does after a reset.</summary>
    public required Firmware.IFirmware Firmware { get; init; }

    /// <summary>What its ports lead to.</summary>
    public required Ports.PortBus Ports { get; init; }

    /// <summary>Does what the guest asks the machine for, with the machine's lock held.</summary>
    public required Func<Ports.MachineRequest, ValueTask> Ask { get; init; }

    /// <summary>Instructions a second; <see langword="null"/> for as many as it can. A virtual timeline needs a number.</summary>
    public long? Rate { get; init; }
}
