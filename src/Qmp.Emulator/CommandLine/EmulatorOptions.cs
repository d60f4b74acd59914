using Qmp.Types;

namespace Qmp.Emulator.CommandLine;

/// <summary>What a command line asks for.</summary>
public sealed record EmulatorOptions
{
    /// <summary>The machine type, by name or alias.</summary>
    public string MachineType { get; init; } = "none";

    /// <summary>Id of the object that is the machine's memory.</summary>
    public string? MemoryBackend { get; init; }

    /// <summary>Bytes of guest memory; <see langword="null"/> for the machine type's default.</summary>
    public ulong? MemorySize { get; init; }

    /// <summary>The guest's name.</summary>
    public string? Name { get; init; }

    /// <summary>The machine's UUID.</summary>
    public Guid? Uuid { get; init; }

    /// <summary>Whether the guest waits for <c>cont</c> (<c>-S</c>).</summary>
    public bool StartStopped { get; init; }

    /// <summary>Where to wait for a migration; without an address (<c>-incoming defer</c>) the client will name one.</summary>
    public OptionValue<MigrationAddress?>? Incoming { get; init; }

    /// <summary>QMP monitors, in order.</summary>
    public IReadOnlyList<MonitorSpec> Monitors { get; init; } = [];

    /// <summary>Objects (<c>-object</c>).</summary>
    public IReadOnlyList<OptionValue<ObjectOptions>> Objects { get; init; } = [];

    /// <summary>Devices (<c>-device</c>).</summary>
    public IReadOnlyList<OptionValue<DeviceOptions>> Devices { get; init; } = [];

    /// <summary>Property settings (<c>-global</c>).</summary>
    public IReadOnlyList<GlobalProperty> Globals { get; init; } = [];

    /// <summary>How many CPUs the machine has, in name.</summary>
    public long Cpus { get; init; } = 1;

    /// <summary>The CPU model, in name.</summary>
    public string? CpuModel { get; init; }

    /// <summary>What resets, shutdowns and panics do.</summary>
    public SetActionArguments Actions { get; init; } = new();

    /// <summary>Descriptors for sets (<c>-add-fd</c>).</summary>
    public IReadOnlyList<OptionValue<AddFdOptions>> Descriptors { get; init; } = [];

    /// <summary>Whether devices that cannot be migrated are refused.</summary>
    public bool OnlyMigratable { get; init; }

    /// <summary>Whether there are commands for devices, guests and faults that QEMU has not (<c>-x-sim on</c>).</summary>
    public bool Simulation { get; init; }

    /// <summary>File of a scenario to run instead of a machine (<c>-x-scenario</c>).</summary>
    public string? Scenario { get; init; }

    /// <summary>File that gets the process id.</summary>
    public string? PidFile { get; init; }

    /// <summary>File for the log, instead of standard error.</summary>
    public string? LogFile { get; init; }

    /// <summary>Patterns of the trace events that are logged.</summary>
    public IReadOnlyList<string> TracePatterns { get; init; } = [];

    /// <summary>What becomes of deprecated and unstable things (<c>-compat</c>).</summary>
    public CompatPolicy Compat { get; init; } = new();

    /// <summary>Whether only to print the help.</summary>
    public bool ShowHelp { get; init; }

    /// <summary>Whether only to list the machine types.</summary>
    public bool ShowMachines { get; init; }

    /// <summary>Whether only to print the version.</summary>
    public bool ShowVersion { get; init; }
}
