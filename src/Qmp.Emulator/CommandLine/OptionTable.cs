namespace Qmp.Emulator.CommandLine;

/// <summary>The options that qmpd takes, as its help shows them.</summary>
internal static class OptionTable
{
    /// <summary>All options.</summary>
    public static IReadOnlyList<CommandLineOption> All { get; } =
    [
        new("machine", "[type=]NAME[,PROP=VALUE[,...]]", "machine type: none, pc or q35; help lists all", (p, t) => p.AddMachine(t)) { Alias = "M" },
        new("m", "[size=]SIZE", "guest memory; a plain number counts mebibytes", (p, t) => p.SetMemory(t)),
        new("accel", "tcg", "the only accelerator there is", (p, t) => p.SetAccelerator(t)),
        new("smp", "[cpus=]N[,sockets=...]", "CPUs, in name only", (p, t) => p.AddCpus(t)),
        new("cpu", "MODEL", "CPU model, in name only", (p, t) => p.SetCpu(t)),
        new("name", "[guest=]NAME", "the guest's name", (p, t) => p.SetName(t)),
        new("uuid", "UUID", "the machine's UUID", (p, t) => p.SetUuid(t)),
        new("S", null, "wait for the command cont before the guest starts", (p, _) => p.StartStopped()),
        new("qmp", "DEV", "QMP monitor on unix:PATH, tcp:HOST:PORT or stdio", (p, t) => p.AddQmp("qmp", t, pretty: false)),
        new("qmp-pretty", "DEV", "the same, indented for people", (p, t) => p.AddQmp("qmp-pretty", t, pretty: true)),
        new("chardev", "socket,id=ID,...", "character device for -mon", (p, t) => p.AddChardev(t)),
        new("mon", "chardev=ID,mode=control", "QMP monitor on a character device", (p, t) => p.AddMonitor(t)),
        new("incoming", "URI|defer", "wait for a migration", (p, t) => p.SetIncoming(t)),
        new("object", "TYPE,id=ID,...", "memory-backend-ram or memory-backend-file", (p, t) => p.AddObject(t)),
        new("device", "DRIVER[,PROP=VALUE...]", "loader, x-vfio or x-workload", (p, t) => p.AddDevice(t)),
        new("global", "DRIVER.PROP=VALUE", "default of a property", (p, t) => p.AddGlobal(t)),
        new("add-fd", "fd=N,set=N[,opaque=TEXT]", "put an inherited descriptor into a set", (p, t) => p.AddDescriptor(t)),
        new("action", "EVENT=ACTION[,...]", "what reboot, shutdown, panic and watchdog do", (p, t) => p.SetActions(t)),
        new("no-reboot", null, "the same as -action reboot=shutdown", (p, _) => p.NoReboot()),
        new("no-shutdown", null, "the same as -action shutdown=pause", (p, _) => p.NoShutdown()),
        new("only-migratable", null, "refuse devices that cannot be migrated", (p, _) => p.OnlyMigratable()),
        new("compat", "deprecated-input=reject,...", "refuse or hide what is deprecated or unstable", (p, t) => p.SetCompatPolicy(t)),
        new("x-sim", "on|off", "add commands for simulated devices, guests and faults", (p, t) => p.SetSimulation(t)),
        new("x-scenario", "FILE", "run a migration as a file describes it, print what happens, and end", (p, t) => p.SetScenario(t)),
        new("pidfile", "FILE", "write the process id to a file", (p, t) => p.SetPidFile(t)),
        new("D", "FILE", "write the log to a file", (p, t) => p.SetLogFile(t)),
        new("d", "trace:PATTERN[,...]", "log trace events", (p, t) => p.AddLogItems(t)),
        new("trace", "[enable=]PATTERN", "log trace events", (p, t) => p.AddTrace(t)),
        new("display", "none", "there is no display", (p, t) => p.Require("display", t, "none")),
        new("monitor", "none", "there is no human monitor of its own", (p, t) => p.Require("monitor", t, "none", "null")),
        new("serial", "none", "there is no serial port", (p, t) => p.Require("serial", t, "none", "null")),
        new("parallel", "none", "there is no parallel port", (p, t) => p.Require("parallel", t, "none", "null")),
        new("nodefaults", null, "accepted: there are no default devices", (_, _) => { }),
        new("no-user-config", null, "accepted: there is no configuration file", (_, _) => { }),
        new("nographic", null, "accepted: there is no display", (_, _) => { }),
        new("version", null, "show the version", (p, _) => p.ShowVersion()),
        new("help", null, "show this", (p, _) => p.ShowHelp()) { Alias = "h" },
    ];
}
