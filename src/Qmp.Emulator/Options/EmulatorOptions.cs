using Newtonsoft.Json.Linq;
using Qmp.Api;
using Qmp.Emulator.Files;
using Qmp.Emulator.Logging;
using Qmp.Emulator.Versions;
using Qmp.Protocol.Visitors;
using Qmp.Protocol.Visitors.Text;
using Qmp.Types;

namespace Qmp.Emulator.Options;

/// <summary>What a command line asks for: the values of its options, and what several of them mean together.</summary>
public sealed record EmulatorOptions
{
    /// <summary>The QEMU that is played.</summary>
    public QemuVersion Version { get; init; } = QemuVersion.Default;

    /// <summary>The machine type, by name or alias.</summary>
    public string MachineType { get; init; } = Catalogue.MachineType.Default;

    /// <summary>Id of the object that is the machine's memory.</summary>
    public string? MemoryBackend { get; init; }

    /// <summary>Bytes of guest memory; <see langword="null"/> for the machine type's default.</summary>
    public ulong? MemorySize { get; init; }

    /// <summary>Whether the machine's memory is counted instead of stored, as only virtual time allows.</summary>
    public bool CountsMemory { get; init; }

    /// <summary>The CPUs of the machine, which exist in name.</summary>
    internal CpuTopology Cpus { get; init; } = CpuTopology.Single;

    /// <summary>The nodes that memory and processors belong to.</summary>
    internal NumaNodes Nodes { get; init; } = NumaNodes.None;

    /// <summary>The properties of the machine.</summary>
    internal MachineOptions Machine { get; init; } = new();

    /// <summary>Text to print instead of starting a machine; <see langword="null"/> to start one.</summary>
    public Printout? Printout { get; init; }

    /// <summary>Where to wait for a migration; without an address (<c>-incoming defer</c>) the client will name one.</summary>
    public OptionValue<IncomingChannel>? Incoming => Given.Has(OptionTable.Incoming) ? LastIncoming(MigrationChannelType.Main) ?? IncomingAddress.Deferred : null;

    /// <summary>Where to wait for the program whose place this one takes; <see langword="null"/> if it takes none's.</summary>
    public MigrationAddress? IncomingCpr => LastIncoming(MigrationChannelType.Cpr)?.Value.Address;

    /// <summary>Character devices, in the order in which they are made.</summary>
    public IReadOnlyList<OptionValue<ChardevSpec>> Chardevs { get; init; } = [];

    /// <summary>Ids of the character devices that are ports of the machine.</summary>
    public IReadOnlyList<string> Ports { get; init; } = [];

    /// <summary>Monitors, in order.</summary>
    public IReadOnlyList<MonitorSpec> Monitors { get; init; } = [];

    /// <summary>The guest's name (<c>-name</c>).</summary>
    public string? GuestName => Given.All(OptionTable.Name).LastOrDefault(n => n.Value.Guest is not null)?.Value.Guest;

    /// <summary>Objects (<c>-object</c>).</summary>
    public IReadOnlyList<OptionValue<ObjectOptions>> Objects => Given.All(OptionTable.Object);

    /// <summary>Property settings (<c>-global</c>).</summary>
    public IReadOnlyList<GlobalProperty> Globals => [.. Given.All(OptionTable.Global).Select(g => g.Value)];

    /// <summary>How deprecated and unstable commands and members are treated (<c>-compat</c>).</summary>
    public Types.CompatPolicy Compat => Given.Last(OptionTable.Compat)?.Value ?? new();

    /// <summary>Whether there are commands of our own (<c>-x-sim</c>).</summary>
    public bool HasSimulation => Given.Last(OptionTable.Simulation)?.Value ?? false;

    /// <summary>What monitors know, refuse and hide.</summary>
    internal Protocol.Visitors.CompatPolicy Policy =>
        CompatSettings.ToPolicy(Compat) with { Variant = Version.Schema(HasSimulation) };

    /// <summary>What resets, shutdowns and panics do (<c>-action</c>).</summary>
    public SetActionArguments Actions
    {
        get
        {
            IReadOnlyList<OptionValue<SetActionArguments>> all = Given.All(OptionTable.Action);
            return new SetActionArguments
            {
                Reboot = all.LastOrDefault(a => a.Value.Reboot is not null)?.Value.Reboot,
                Shutdown = all.LastOrDefault(a => a.Value.Shutdown is not null)?.Value.Shutdown,
                Panic = all.LastOrDefault(a => a.Value.Panic is not null)?.Value.Panic,
                Watchdog = all.LastOrDefault(a => a.Value.Watchdog is not null)?.Value.Watchdog,
            };
        }
    }

    /// <summary>Patterns of the trace events that are logged (<c>-d</c>, <c>-trace</c>).</summary>
    public IReadOnlyList<string> TracePatterns { get; init; } = [];

    /// <summary>The values of all options, by the rows of <see cref="OptionTable"/>.</summary>
    internal GivenOptions Given { get; init; } = new();

    /// <summary>Finds out what the options mean together.</summary>
    /// <param name="given">The values of the options.</param>
    /// <param name="properties">The properties of the machine, which several options give.</param>
    /// <param name="version">The QEMU that is played.</param>
    /// <param name="warn">Is told of what has no effect.</param>
    /// <exception cref="CommandLineException">The options contradict each other.</exception>
    internal static EmulatorOptions From(GivenOptions given, JObject properties, QemuVersion version, Action<string> warn)
    {
        string name = (string?)properties["type"] ?? Catalogue.MachineType.Default;
        Catalogue.MachineType? type = Catalogue.MachineType.Find(name, version);
        MachineOptions machine = ReadMachine(properties, type?.Name ?? name, version);
        if (type is null)
        {
            throw new CommandLineException($"unsupported machine type: \"{name}\"\nUse -machine help to list supported machines");
        }

        MachineChecks.Check(machine, type, version, given, warn);
        HostChecks.Background(given);
        GuestChecks.All(given, type, warn);
        CpuTopology cpus = machine.Smp is null ? CpuTopology.Single : CpuTopology.Of(machine.Smp, type);
        IReadOnlyList<OptionValue<ChardevSpec>> chardevs = ChardevReader.All(given);
        return new EmulatorOptions
        {
            Given = given,
            Version = version,
            MachineType = name,
            MemoryBackend = machine.MemoryBackend,
            MemorySize = MemoryArguments.Size(given.All(OptionTable.Memory)),
            Cpus = cpus,
            Nodes = NumaNodes.Of(given, type, cpus),
            Machine = machine,
            Chardevs = chardevs,
            Ports = PortsOf(given, chardevs),
            Monitors = MonitorSpec.All(given, chardevs, version, warn),
            TracePatterns = Patterns(given, warn),
        };
    }

    // Of each kind the last one counts.
    private OptionValue<IncomingChannel>? LastIncoming(MigrationChannelType type) =>
        Given.All(OptionTable.Incoming).LastOrDefault(incoming => incoming.Value.Type == type);

    // Several options give properties, so they are read together, and messages name the property only.
    private static MachineOptions ReadMachine(JObject properties, string type, QemuVersion version)
    {
        try
        {
            JObject known = MachineProperties.TakeOut(properties, $"{type}-machine", version.Recorded);
            return MachineOptionsVisitor.Read(new KeyvalInputVisitor(known) { PropertiesOf = $"{type}-machine" }, null);
        }
        catch (VisitorException e)
        {
            throw new CommandLineException(e.Message);
        }
    }

    private static IReadOnlyList<string> PortsOf(GivenOptions given, IReadOnlyList<OptionValue<ChardevSpec>> chardevs) =>
        [.. PortsOf(OptionTable.Serial, given, chardevs), .. PortsOf(OptionTable.Parallel, given, chardevs)];

    private static IEnumerable<string> PortsOf(
        Option<string?> option, GivenOptions given, IReadOnlyList<OptionValue<ChardevSpec>> chardevs)
    {
        OptionValue<string?>[] ports = [.. given.All(option).Where(port => port.Value is not null)];
        foreach (OptionValue<string?> port in ports.Where(p => !chardevs.Any(c => c.Value.Id == p.Value)))
        {
            throw port.Error($"could not connect {option.Name} device to character backend '{port.Text}'");
        }

        return ports.Select(port => port.Value!);
    }

    private static List<string> Patterns(GivenOptions given, Action<string> warn)
    {
        var patterns = new List<string>();
        foreach (OptionValue<IReadOnlyList<string>> items in given.All(OptionTable.LogItems))
        {
            foreach (string pattern in items.Value) Add(items, pattern);
        }

        foreach (OptionValue<TraceOptions> trace in given.All(OptionTable.Trace))
        {
            if (trace.Value.Enable is { } pattern) Add(trace, pattern);
            foreach (string line in Lines(trace)) Add(trace, line);
        }

        return patterns;

        void Add<T>(OptionValue<T> option, string pattern)
        {
            if (TraceEvents.Complaint(pattern) is { } complaint) warn(option.Error(complaint).Message);
            patterns.Add(pattern);
        }
    }

    private static IEnumerable<string> Lines(OptionValue<TraceOptions> trace)
    {
        if (trace.Value.Events is not { } path) return [];
        try
        {
            return File.ReadAllLines(path).Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CommandLineException($"{path}: {FileErrors.Text(e)}");
        }
    }
}
