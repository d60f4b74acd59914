using MonitorOptions = Qmp.Server.Sessions.MonitorOptions;
using Newtonsoft.Json.Linq;
using Qmp.Api;
using Qmp.Devices.Timer;
using Qmp.Emulator.Catalogue;
using Qmp.Emulator.Commands;
using Qmp.Emulator.Control;
using Qmp.Emulator.HumanMonitor;
using Qmp.Emulator.Machines;
using Qmp.Emulator.Monitors;
using Qmp.Emulator.Options;
using Qmp.Machine;
using Qmp.Machine.Loop;
using Qmp.Machine.Memory;
using Qmp.Migration;
using Qmp.Migration.Channels;
using Qmp.Protocol.Messages;
using Qmp.Protocol.Transport;
using Qmp.Server;
using Qmp.Server.Dispatch;
using Qmp.Server.Events;
using Qmp.Server.Sessions;
using Qmp.Types;

namespace Qmp.Emulator;

/// <summary>A whole emulator: a machine, its migration, its monitors.</summary>
public sealed class EmulatorInstance : IAsyncDisposable
{
    private readonly EmulatorPorts _ports;
    private readonly EventBus _bus;
    private readonly ShutdownController _shutdown;
    private readonly QmpServer _server;
    private readonly LocalCaller _caller;
    private readonly IncomingPolicy _incoming = new();
    private readonly MonitorList _monitors = new();
    private readonly CommandWarnings _warnings;
    private readonly IReadOnlyList<RamBlock> _unused;

    /// <summary>Puts the emulator together; nothing runs yet.</summary>
    /// <exception cref="CommandLineException">The options ask for what is not to be had.</exception>
    public EmulatorInstance(EmulatorOptions options, EmulatorPorts ports)
    {
        _ports = ports;
        MachineType type = MachineType.Find(options.MachineType)
            ?? throw new CommandLineException($"unsupported machine type: \"{options.MachineType}\"");
        GivenOptions given = options.Given;
        bool withSimulation = given.Last(OptionTable.Simulation)?.Value ?? false;
        SetActionArguments actions = options.Actions;
        TimeProvider clock = ports.Timeline.Clock;
        Protocol.Visitors.CompatPolicy policy = CompatSettings.ToPolicy(options.Compat);
        _bus = new EventBus(clock, policy: policy);
        _warnings = new CommandWarnings(ports.Logger);
        var events = new MachineEventAdapter(_bus, _warnings);
        Machine = new VirtualMachine(
            new MachineIdentity(type.Name, options.GuestName, given.Last(OptionTable.Uuid)?.Value), ports.Timeline, events, ports.Logger)
        {
            Autostart = !given.Has(OptionTable.Stopped),
        };
        Migration = new MigrationCore(Machine, ports.Transport, events, ports.Logger);
        Migration.Blockers.OnlyMigratable = given.Has(OptionTable.OnlyMigratable);
        Migration.Devices.Add(TimerDevice.Create(Machine));
        Migration.IncomingFailed += OnIncomingFailed;
        MigrationGlobals.Apply(options.Globals, Migration.Options, _warnings.Add);
        SecretObjects.Check(options.Objects);
        _unused = MachineMemory.Create(options, type, Machine.Memory);
        Devices = DeviceFactory.Create(given.All(OptionTable.Device), Machine, Migration, ports.Logger);
        Migration.Faults.Happening += events.Fault;
        foreach (OptionValue<AddFdOptions> added in given.All(OptionTable.AddFd))
        {
            ports.Descriptors.Sets.Add((int)added.Value.Fd!, (long)added.Value.Set!, added.Value.Opaque);
        }

        _shutdown = new ShutdownController(Machine, new RunStateEvents(_bus))
        {
            Reboot = actions.Reboot ?? RebootAction.Reset,
            Shutdown = actions.Shutdown ?? ShutdownAction.Poweroff,
            Panic = actions.Panic ?? PanicAction.Shutdown,
            Watchdog = actions.Watchdog ?? WatchdogAction.Reset,
        };
        _shutdown.Ending += OnEnding;
        CommandRegistry commands = Commands(policy, withSimulation, type.IsPc ? options.Cpus : 0);
        _server = new QmpServer(
            new QmpServerOptions
            {
                Version = new QmpVersion(
                    EmulatorVersion.Qemu.Major,
                    EmulatorVersion.Qemu.Minor,
                    EmulatorVersion.Qemu.Build,
                    EmulatorVersion.Package),
                CompatPolicy = policy,
                Time = clock,
                Logger = ports.Logger,
                MapException = MapException,
            },
            commands,
            new MachineCommandLoop(Machine.Loop),
            _bus);
        _caller = new LocalCaller(commands, policy, MapException);
    }

    /// <summary>The machine.</summary>
    public VirtualMachine Machine { get; }

    /// <summary>Its migration.</summary>
    public MigrationCore Migration { get; }

    /// <summary>The devices that commands of our own name.</summary>
    internal SimulatedDevices Devices { get; }

    /// <summary>Ends, with the exit status, when the emulator is asked to end or fails.</summary>
    public Task<int> Completion => _shutdown.Completion;

    /// <summary>Opens the monitors, waits for a migration if asked to, and starts the guest.</summary>
    /// <exception cref="CommandLineException">A monitor or the address of a migration cannot be had.</exception>
    public async ValueTask StartAsync(EmulatorOptions options)
    {
        if (options.Incoming is not null)
        {
            Machine.SetRunState(RunState.Inmigrate);
            Migration.AwaitsIncoming = true;
        }

        foreach (MonitorSpec monitor in options.Monitors)
        {
            MonitorDevice device = AddMonitor(monitor);
            if (!device.WaitsForClient) continue;
            _ports.Report(monitor.Message($"info: QEMU waiting for connection on: {device.Description}"));
            await device.FirstClient.ConfigureAwait(false);
            if (Completion.IsCompleted) return;
        }

        if (options.Incoming is null)
        {
            using MachineLoop.Hold hold = await Machine.Loop.EnterAsync().ConfigureAwait(false);
            if (Machine.Autostart && Machine.RunState == RunState.Prelaunch) Machine.Start();
        }
        else if (options.Incoming.Value is { } address)
        {
            await ListenAsync(options.Incoming, address).ConfigureAwait(false);
        }
    }

    /// <summary>Adds a monitor on any transport.</summary>
    public IMonitor AddMonitor(MonitorOptions monitor) => _server.AddMonitor(monitor);

    /// <summary>Runs a command as a client would, from an activity of the machine's timeline; one at a time.</summary>
    /// <param name="command">Its name.</param>
    /// <param name="arguments">Its arguments, or <see langword="null"/> for none.</param>
    /// <returns>Its result.</returns>
    /// <exception cref="CommandException">It was refused.</exception>
    public async ValueTask<JToken> ExecuteAsync(string command, JObject? arguments = null)
    {
        RegisteredCommand found = _caller.Find(command);
        if (found.Descriptor.Options.HasFlag(CommandOptions.AllowOutOfBand))
        {
            return await _caller.ExecuteAsync(found, arguments);
        }

        using MachineLoop.Hold hold = await Machine.Loop.EnterAsync();
        return await _caller.ExecuteAsync(found, arguments);
    }

    /// <summary>Hands on each event as clients get it, until what is returned is disposed of.</summary>
    public IDisposable Subscribe(Action<ReadOnlySpan<byte>> received) => _bus.Subscribe(received);

    /// <summary>Ends the emulator as a signal does.</summary>
    public void RequestShutdown(ShutdownCause cause) => _shutdown.Quit(cause);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Migration.Shutdown();
        await _server.DisposeAsync().ConfigureAwait(false);
        _bus.Dispose();
        await Migration.JoinAsync().ConfigureAwait(false);
        using (await Machine.Loop.EnterAsync().ConfigureAwait(false))
        {
            await Machine.StopAsync(RunState.Shutdown).ConfigureAwait(false);
        }

        Machine.Dispose();
        foreach (RamBlock block in _unused) block.Dispose();
    }

    private CommandRegistry Commands(
        Protocol.Visitors.CompatPolicy policy, bool withSimulation, long cpus)
    {
        var guest = new GuestControl(Machine);
        var human = new HumanMonitorInterpreter(
            new HumanCommands(guest, Migration, _incoming, _shutdown), new HumanInfos(Machine, Migration), _warnings);
        var migration = new MigrationCommands(Migration, _incoming);
        var commands = new CommandRegistry.Builder()
            .Add(RunStateCommandTable.Commands, new RunStateCommands(Machine, _shutdown))
            .Add(CharCommandTable.Commands, new CharCommands(_monitors))
            .Add(NetCommandTable.Commands, new NetCommands())
            .Add(MigrationCommandTable.Commands, migration)
            .Add(MigrationCommandTable.OobCommands, migration)
            .Add(ControlCommandTable.Commands, session => new ControlCommands(session, _shutdown, withSimulation))
            .Add(IntrospectCommandTable.Commands, new IntrospectCommands(policy, withSimulation))
            .Add(MachineCommandTable.Commands, new MachineCommands(Machine, _shutdown, _ports.Offload))
            .Add(YankCommandTable.OobCommands, new YankCommands(_monitors, Migration))
            .Add(
                MiscCommandTable.Commands,
                session => new MiscCommands(Machine, cpus, guest, human, _ports.Descriptors, session));
        if (withSimulation)
        {
            commands.Add(XSimCommandTable.Commands, new XSimCommands(Migration, Devices, Machine.Timeline));
        }

        return commands.Build();
    }

    private MonitorDevice AddMonitor(MonitorSpec spec)
    {
        try
        {
            IMonitor monitor = AddMonitor(new MonitorOptions
            {
                Id = spec.Id,
                Connections = _ports.Listen(spec),
                Pretty = spec.Pretty,
            });
            var device = new MonitorDevice(spec, monitor);
            _monitors.Add(device);
            return device;
        }
        catch (TransportException e)
        {
            throw CommandLineException.At(spec.Option, spec.Text, Hints.Explain(e.Message));
        }
    }

    private async ValueTask ListenAsync(OptionValue<MigrationAddress?> incoming, MigrationAddress address)
    {
        try
        {
            using MachineLoop.Hold hold = await Machine.Loop.EnterAsync().ConfigureAwait(false);
            Migration.MigrateIncoming(address);
        }
        catch (Exception e) when (e is MigrationException or ChannelException)
        {
            throw incoming.Error(Hints.Explain(e.Message));
        }
    }

    private void OnIncomingFailed(string error)
    {
        if (!_incoming.ExitOnError) return;
        _ports.Logger.Error("{Error:l}", error);
        _shutdown.Fail();
    }

    private void OnEnding()
    {
        Migration.Shutdown();
        _server.Close();
    }

    // Refusals of the machine and of its migration are answers; everything else is a defect.
    private static QmpError? MapException(Exception e) => e switch
    {
        MigrationException or ChannelException => QmpError.Generic(e.Message),
        _ => null,
    };
}
