using Qmp.Api;
using Qmp.Emulator.Catalogue;
using Qmp.Emulator.Logging;
using Qmp.Types;

namespace Qmp.Emulator.Options;

/// <summary>The options that qmpd takes, one row each, in the order in which its help shows them.</summary>
/// <remarks>A row says all that there is to say of an option but its type and what is done with its values.</remarks>
internal static class OptionTable
{
    // Filled by the rows below, in their order.
    private static readonly List<Option> Rows = [];

    public static Option Machine { get; } = Row(new MachineOption(
        "machine", "[type=]NAME[,PROP=VALUE[,...]]", "machine type: pc, q35 or none; help lists all", null, "type")
    {
        Alias = "M",
        Listing = HelpTexts.Machine,
    });

    public static Option<MemoryOptions> Memory { get; } = Row(new Option<MemoryOptions>(
        "[size=]SIZE", "guest memory; a plain number counts mebibytes", new("m", OptionForm.Table, MemoryOptionsVisitor.Read, "size")));

    public static Option<AccelOptions> Accelerator { get; } = Row(new Option<AccelOptions>(
        "tcg",
        "the only accelerator there is",
        new("accel", OptionForm.Properties, AccelOptionsVisitor.Read, "accel") { TypeSuffix = "-accel" })
    {
        Check = OptionChecks.Accelerator,
        Listing = (text, _) => Listings.AsksForHelp(text) ? new(Accelerators.Help) : null,
    });

    public static Option EnableKvm { get; } = Row(
        new ShortOption("enable-kvm", null, "the same as -machine accel=kvm", (_, parser) => parser.AddToMachine(null, "accel=kvm", "type")));

    public static Option Cpus { get; } = Row(new MachineOption(
        "smp", "[cpus=]N[,sockets=...]", "CPUs; the first executes code", "smp", "cpus")
    {
        Listing = HelpTexts.List("smp", HelpTexts.Smp),
    });

    public static Option<string> Cpu { get; } = Row(new Option<string>("cpu", "MODEL", "CPU model, in name only", text => text)
    {
        Listing = (text, version) => Listings.AsksForHelp(text) ? new(CpuModels.Help(version)) : null,
    });

    public static Option Boot { get; } = Row(new MachineOption(
        "boot", "[order=]DRIVES[,...]", "checked only: the first disk boots", "boot", "order")
    {
        Listing = HelpTexts.List("boot", HelpTexts.Boot),
    });

    public static Option<NameOptions> Name { get; } = Row(new Option<NameOptions>(
        "[guest=]NAME", "the guest's name", new("name", OptionForm.Table, NameOptionsVisitor.Read, "guest")));

    public static Option<Guid> Uuid { get; } = Row(new Option<Guid>("uuid", "UUID", "the machine's UUID", ValueTexts.Uuid));

    public static Option<bool> Stopped { get; } = Row(Flag("S", "wait for the command cont before the guest starts"));

    public static Option Qmp { get; } = Row(new ShortOption(
        "qmp",
        "DEV",
        "QMP monitor on unix:PATH, tcp:HOST:PORT, stdio, pty, pipe:PATH or chardev:ID",
        (text, parser) => parser.ReadMonitor("qmp", text, MonitorMode.Control, pretty: false)));

    public static Option PrettyQmp { get; } = Row(new ShortOption(
        "qmp-pretty",
        "DEV",
        "the same, indented for people",
        (text, parser) => parser.ReadMonitor("qmp-pretty", text, MonitorMode.Control, pretty: true)));

    public static Option HumanMonitor { get; } = Row(new ShortOption(
        "monitor",
        "DEV|none",
        "human monitor, on the same or telnet:HOST:PORT",
        (text, parser) => parser.ReadMonitor("monitor", text, MonitorMode.Readline, pretty: false)));

    public static Option<ChardevSpec> Chardev { get; } = Row(new Option<ChardevSpec>(
        "KIND,id=ID,...", "character device for -mon and -serial", ChardevReader.Option)
    {
        Id = chardev => chardev.Id,
        Listing = HelpTexts.Chardev,
    });

    public static Option<MonitorOptions> Monitor { get; } = Row(new Option<MonitorOptions>(
        "chardev=ID[,mode=control|readline]",
        "QMP or human monitor on a character device",
        new("mon", OptionForm.List, MonitorOptionsVisitor.Read, "chardev"))
    {
        Id = monitor => monitor.Id,
    });

    public static Option<IncomingChannel> Incoming { get; } = Row(new Option<IncomingChannel>(
        "incoming", "URI|defer", "wait for a migration", (text, parser) => IncomingAddress.Read(text, parser)));

    public static Option<ObjectOptions> Object { get; } = Row(new Option<ObjectOptions>(
        "TYPE,id=ID,...",
        "an object: memory, a secret, a thread, a source of random numbers and the like",
        new("object", OptionForm.List, ObjectOptionsVisitor.Read, "qom-type") { TakesJson = true })
    {
        Id = made => made.Id,
        Check = OptionChecks.Object,
        Listing = HelpTexts.Object,
    });

    public static Option<DeviceArguments> Device { get; } = Row(new Option<DeviceArguments>(
        "device", "DRIVER[,PROP=VALUE...]", "a device: x-guest, x-vfio, x-workload, loader, or one of QEMU's, which does nothing", DeviceArguments.Read)
    {
        Id = device => device.Id,
        Listing = HelpTexts.Device,
    });

    public static Option<BlockdevOptions> Block { get; } = Row(new Option<BlockdevOptions>(
        "DRIVER,node-name=NAME,...",
        "a node behind a disk: file, raw, qcow2 or null-co",
        new("blockdev", OptionForm.Tree, BlockdevOptionsVisitor.Read, "driver") { TakesJson = true }));

    public static Option<Netdev> Netdev { get; } = Row(new Option<Netdev>(
        "TYPE,id=ID,...",
        "a network backend, which moves no packets",
        new("netdev", OptionForm.Tree, NetdevVisitor.Read, "type") { TakesJson = true })
    {
        Listing = HelpTexts.Netdev,
    });

    public static Option<GlobalProperty> Global { get; } = Row(
        new Option<GlobalProperty>("global", "DRIVER.PROP=VALUE", "default of a property", (text, parser) => GlobalProperty.Read(text, parser))
        {
            Listing = HelpTexts.List("global", HelpTexts.Global, status: 1),
        });

    public static Option<AddFdOptions> AddFd { get; } = Row(new Option<AddFdOptions>(
        "fd=N,set=N[,opaque=TEXT]", "put an inherited descriptor into a set", new("add-fd", OptionForm.Table, AddFdOptionsVisitor.Read))
    {
        Check = OptionChecks.Descriptor,
        Listing = HelpTexts.List("add-fd", HelpTexts.AddFd, status: 1),
    });

    public static Option<SetActionArguments> Action { get; } = Row(new Option<SetActionArguments>(
        "EVENT=ACTION[,...]",
        "what reboot, shutdown, panic and watchdog do",
        new("action", OptionForm.Table, SetActionArgumentsVisitor.Read))
    {
        Listing = HelpTexts.List("action", HelpTexts.Action, status: 1),
    });

    public static Option NoReboot { get; } = Row(ShortAction("no-reboot", "reboot=shutdown"));

    public static Option NoShutdown { get; } = Row(ShortAction("no-shutdown", "shutdown=pause"));

    public static Option<bool> OnlyMigratable { get; } = Row(Flag("only-migratable", "refuse devices that cannot be migrated"));

    public static Option<Types.CompatPolicy> Compat { get; } = Row(new Option<Types.CompatPolicy>(
        "deprecated-input=reject,...",
        "refuse or hide what is deprecated or unstable",
        new("compat", OptionForm.Tree, CompatPolicyVisitor.Read) { TakesJson = true }));

    public static Option<bool> Simulation { get; } = Row(
        new Option<bool>("x-sim", "on|off", "add commands for simulated devices, guests and faults", ValueTexts.Simulation));

    public static Option<string> Scenario { get; } = Row(new Option<string>(
        "x-scenario", "FILE", "run a migration as a file describes it, print what happens, and end", text => text));

    public static Option<bool> Daemonize { get; } = Row(Flag("daemonize", "go on in the background once the machine is there"));

    public static Option<string> PidFile { get; } = Row(new Option<string>("pidfile", "FILE", "write the process id to a file", text => text));

    public static Option<string> LogFile { get; } = Row(
        new Option<string>("D", "FILE", "write the log to a file; %d in its name becomes the process id", ValueTexts.LogFile));

    public static Option<IReadOnlyList<string>> LogItems { get; } = Row(
        new Option<IReadOnlyList<string>>("d", "trace:PATTERN[,...]", "log trace events", ValueTexts.LogItems) { Listing = HelpTexts.LogItems });

    public static Option<TraceOptions> Trace { get; } = Row(new Option<TraceOptions>(
        "[enable=]PATTERN[,events=FILE]", "log trace events", new("trace", OptionForm.Table, TraceOptionsVisitor.Read, "enable"))
    {
        Listing = (text, _) => Listings.AsksForHelp(text) ? new(TraceEvents.Help) : null,
    });

    public static Option<MessageOptions> Messages { get; } = Row(new Option<MessageOptions>(
        "timestamp=on|off[,guest-name=on|off]",
        "how messages on standard error begin",
        new("msg", OptionForm.Table, MessageOptionsVisitor.Read))
    {
        Listing = HelpTexts.List("msg", HelpTexts.Message, status: 1),
    });

    public static Option<string> Display { get; } = Row(Nothing("display", "there is no display", "none"));

    public static Option<string> Video { get; } = Row(
        new Option<string>("vga", "none|std|cirrus|vmware|virtio", "accepted: there is no display", text => text)
        {
            Check = OptionChecks.Video,
            Listing = (text, _) => Listings.AsksForHelp(text) ? new(HelpTexts.Video) : null,
        });

    public static Option<string?> Serial { get; } = Row(new Option<string?>(
        "serial", "[mon:]DEV|none", "serial port on chardev:ID, unix:PATH, tcp:HOST:PORT, file:PATH, pty, stdio, null, ...",
        (text, parser) => parser.ReadSerial("serial", text)));

    public static Option<string?> Parallel { get; } = Row(new Option<string?>(
        "parallel", "[mon:]DEV|none", "parallel port on the same; nothing is written to it",
        (text, parser) => parser.ReadParallel("parallel", text)));

    public static Option<string> Network { get; } = Row(Nothing("net", "there is no network", "none"));

    public static Option<string> NetworkCard { get; } = Row(new Option<string>("nic", "none", "there is no network", text => text)
    {
        Check = OptionChecks.OneOf("none"),
        Listing = HelpTexts.NetworkCard,
    });

    public static Option<AudioOptions> Audio { get; } = Row(
        new Option<AudioOptions>("none", "there is no sound", new("audio", OptionForm.List, AudioOptionsVisitor.Read, "driver"))
        {
            Listing = (text, _) => Listings.AsksForHelp(text) ? new(HelpTexts.Audio) : null,
        });

    public static Option<string> Keyboard { get; } = Row(new Option<string>("k", "LANGUAGE", "accepted: there is no keyboard", text => text));

    public static Option<RtcOptions> Clock { get; } = Row(
        new Option<RtcOptions>("[base=]utc|localtime|DATE,...", "checked only", new("rtc", OptionForm.Table, RtcOptionsVisitor.Read))
        {
            Check = OptionChecks.Clock,
            Listing = HelpTexts.List("rtc", HelpTexts.Clock, status: 1),
        });

    public static Option<OvercommitOptions> Overcommit { get; } = Row(new Option<OvercommitOptions>(
        "mem-lock=on|off|on-fault[,cpu-pm=on|off]",
        "keep memory in RAM; cpu-pm is checked only",
        new("overcommit", OptionForm.Table, OvercommitOptionsVisitor.Read))
    {
        Check = OptionChecks.Overcommit,
        Listing = HelpTexts.List("overcommit", HelpTexts.Overcommit, status: 1),
    });

    public static Option<bool> NoDefaults { get; } = Row(Flag("nodefaults", "accepted: there are no default devices"));

    public static Option<bool> NoUserConfig { get; } = Row(Flag("no-user-config", "accepted: there is no configuration file"));

    public static Option<bool> NoGraphic { get; } = Row(Flag("nographic", "accepted: there is no display"));

    public static Option<bool> Version { get; } = Row(Flag("version", "show the version"));

    public static Option<bool> ShowHelp { get; } = Row(Flag("help", "show this", alias: "h"));

    /// <summary>The monitors of <c>-qmp</c>, <c>-monitor</c> and <c>mon:</c>; no option by itself.</summary>
    public static Option<MonitorOptions> CompatMonitor { get; } =
        new("monitor", null, "", (_, _) => throw new InvalidOperationException());

    /// <summary>The options that mean something to a scenario, which has machines of its own.</summary>
    public static IReadOnlyList<Option> OfScenarios { get; } = [Scenario, LogFile, LogItems, Trace, Messages, NoUserConfig, NoDefaults];

    /// <summary>All options.</summary>
    public static IReadOnlyList<Option> All { get; } = [.. Rows, .. BlockOptionTable.All, .. GuestOptionTable.All, .. HostOptionTable.All];

    private static T Row<T>(T option)
        where T : Option
    {
        Rows.Add(option);
        return option;
    }

    private static Option<bool> Flag(string name, string help, string? alias = null) =>
        new(name, null, help, _ => true) { Alias = alias };

    private static ShortOption ShortAction(string name, string action) =>
        new(name, null, $"the same as -action {action}", (_, parser) => Action.Take(action, parser));

    private static Option<string> Nothing(string name, string help, params string[] accepted) =>
        new(name, "none", help, text => text) { Check = OptionChecks.OneOf(accepted) };
}
