using System.Text;
using Newtonsoft.Json.Linq;
using Qmp.Api;
using Qmp.Emulator.Catalogue;
using Qmp.Emulator.Chardevs;
using Qmp.Emulator.Commands;
using Qmp.Emulator.Control;
using Qmp.Emulator.Dumps;
using Qmp.Emulator.HumanMonitor;
using Qmp.Emulator.Machines;
using Qmp.Emulator.Monitors;
using Qmp.Emulator.Options;
using Qmp.Machine;
using Qmp.Machine.Time;
using Qmp.Migration;
using Qmp.Migration.Channels;
using Qmp.Migration.Cpr;
using Qmp.Migration.Destination;
using Qmp.Migration.Status;
using Qmp.Protocol.Messages;
using Qmp.Protocol.Threading;
using Qmp.Server;
using Qmp.Server.Dispatch;
using Qmp.Server.Events;
using Qmp.Server.Sessions;
using Qmp.Types;
using Serilog.Events;
using CompatPolicy = Qmp.Protocol.Visitors.CompatPolicy;
using MonitorOptions = Qmp.Server.Sessions.MonitorOptions;

namespace Qmp.Emulator.Hosting;

/// <summary>A whole emulator: a machine, its migration, its character devices and monitors.</summary>
public sealed class EmulatorInstance : IAsyncDisposable
{
    private readonly EmulatorOptions _options;
    private readonly EmulatorPorts _ports;
    private readonly BuiltMachine _built;
    private readonly EventBus _bus;
    private readonly ShutdownController _shutdown;
    private readonly QmpServer _server;
    private readonly CommandWarnings _warnings;
    private readonly LocalCaller _caller;
    private readonly HumanMonitorInterpreter _human;
    private readonly MachineCommandQueue _queue;
    private readonly IncomingPolicy _incoming = new();
    private readonly ChardevSet _chardevs;
    private readonly Preconfiguration _preconfiguration;
    private readonly QtestPort _qtest;

    /// <summary>Puts the emulator together; nothing runs yet.</summary>
    /// <param name="options">What is asked for.</param>
    /// <param name="ports">The world around it.</param>
    /// <param name="arrival">What the program left whose place this one takes (<see cref="WaitForCprAsync"/>).</param>
    /// <exception cref="CommandLineException">The options ask for something that this host or emulator does not have.</exception>
    public EmulatorInstance(EmulatorOptions options, EmulatorPorts ports, CprArrival? arrival = null)
    {
        _options = options;
        _ports = ports;
        CompatPolicy policy = options.Policy;
        _chardevs = new ChardevSet(ports.Timeline.Clock);
        _bus = new EventBus(ports.Timeline.Clock, policy: policy);
        if (ports.Logger.IsEnabled(LogEventLevel.Debug))
        {
            _bus.Subscribe(message => ports.Logger.Debug(
                "monitor_protocol_event_emit {Event:l}", Encoding.UTF8.GetString(message).TrimEnd()));
        }

        _warnings = new CommandWarnings(ports.Logger);
        _preconfiguration = new Preconfiguration(options.Given.Has(GuestOptionTable.Preconfigured));
        _built = MachineBuilder.Build(options, ports, _bus, _chardevs, _warnings, arrival);
        foreach (OptionValue<AddFdOptions> added in options.Given.All(OptionTable.AddFd))
        {
            ports.Descriptors.Sets.Add((int)added.Value.Fd!, (long)added.Value.Set!, added.Value.Opaque);
        }

        _shutdown = new ShutdownController(Machine, new RunStateEvents(_bus), options.Actions);
        _shutdown.Ending.Register(OnEnding);
        Migration.IncomingFailed += OnIncomingFailed;
        var dump = new MemoryDump(
            Machine, _built.Version, Migration, _shutdown, new DumpEvents(_bus), _built.Processors.List().Count, ports.Offload);
        MachineCommands machineCommands = CommandSet.CreateMachine(_built, options, ports, _bus, _shutdown, _preconfiguration);
        _human = CommandSet.CreateHuman(_built, ports, _shutdown, _incoming, _chardevs, dump, _warnings, _preconfiguration, machineCommands);
        _queue = new MachineCommandQueue(Machine.Lock);
        _qtest = QtestPort.Create(options, _built, _queue, ports);
        CommandRegistry commands = CommandSet.Create(_built, options, ports, _bus, _shutdown, _incoming, _chardevs, dump, _human, _preconfiguration, machineCommands);
        _server = new QmpServer(
            new QmpServerOptions
            {
                Version = new QmpVersion(
                    options.Version.Release.Major,
                    options.Version.Release.Minor,
                    options.Version.Release.Build,
                    EmulatorVersion.Package),
                CompatPolicy = policy,
                JsonDialect = options.Version.Json,
                IsPreconfig = () => _preconfiguration.IsActive,
                Time = ports.Timeline.Clock,
                Logger = ports.Logger,
                MapException = MapException,
            },
            commands,
            _queue,
            _bus);
        _caller = new LocalCaller(commands, policy, MapException);
    }

    /// <summary>The machine.</summary>
    public VirtualMachine Machine => _built.Machine;

    /// <summary>Its migration.</summary>
    public MigrationCore Migration => _built.Migration;

    /// <summary>The devices that commands of our own name.</summary>
    internal SimulatedDevices Devices => _built.Devices;

    /// <summary>Ends, with the exit status, when the emulator is asked to end or fails.</summary>
    public Task<int> Completion => _shutdown.Completion;

    /// <summary>
    /// Waits for the program whose place is to be taken, if the options name one, and takes what it leaves. It comes before the
    /// machine: its memory is among it.
    /// </summary>
    /// <exception cref="CommandLineException">That place cannot be waited at, or what came is not what QEMU leaves.</exception>
    public static async ValueTask<CprArrival?> WaitForCprAsync(EmulatorOptions options, EmulatorPorts ports)
    {
        try
        {
            return options.IncomingCpr is { } address
                ? await CprArrival.WaitAsync(ports.Connector.Cpr, address, options.Version.Migration, ports.Logger).ConfigureAwait(OrderedContext.IsCurrent)
                : null;
        }
        catch (Exception e) when (e is MigrationException or ChannelException)
        {
            string[] lines = e.Message.Split('\n');
            foreach (string line in lines[..^1]) ports.Logger.Error("{Line:l}", line);
            throw new CommandLineException(lines[^1]);
        }
    }

    /// <summary>Opens the character devices, waits for a migration if asked to, and starts the guest.</summary>
    /// <exception cref="CommandLineException">A device cannot be opened, or the address of a migration not be listened on.</exception>
    public async ValueTask StartAsync()
    {
        OptionValue<IncomingChannel>? incoming = _options.Incoming;
        if (incoming is not null)
        {
            Machine.SetRunState(RunState.Inmigrate);
            Migration.AwaitsIncoming = true;
        }

        // As in QEMU, a client that is there early is answered when the machine has started.
        using TimelineLock.Hold hold = await Machine.Lock.EnterAsync().ConfigureAwait(OrderedContext.IsCurrent);
        var monitors = new MonitorSet(_server, _human, _queue, _chardevs, _ports.OpenChardev, id => _qtest.Of(id) ?? SerialOf(id));
        _built.Objects.AddMonitor = monitors.Add;
        _built.Objects.RemoveMonitor = monitors.Remove;
        await monitors.OpenAsync(_options, _ports.Report, _ports.Announce, Completion).ConfigureAwait(OrderedContext.IsCurrent);
        if (Completion.IsCompleted) return;
        _preconfiguration.Then(() => Begin(incoming));
        _warnings.Started();
    }

    /// <summary>Adds a monitor on any source of connections.</summary>
    public IMonitor AddMonitor(MonitorOptions monitor) => _server.AddMonitor(monitor);

    /// <summary>Runs a command as a client would, from an activity of the machine's timeline; one at a time.</summary>
    /// <param name="command">Its name.</param>
    /// <param name="arguments">Its arguments, or <see langword="null"/> for none.</param>
    /// <returns>Its result.</returns>
    /// <exception cref="CommandException">The command was refused.</exception>
    public async ValueTask<JToken> ExecuteAsync(string command, JObject? arguments = null)
    {
        RegisteredCommand found = _caller.Find(command);
        if (found.Descriptor.Options.HasFlag(CommandOptions.AllowOutOfBand))
        {
            return await _caller.ExecuteAsync(found, arguments);
        }

        using TimelineLock.Hold hold = await Machine.Lock.EnterAsync();
        return await _caller.ExecuteAsync(found, arguments);
    }

    /// <summary>Hands on each event as clients get it, until what is returned is disposed of.</summary>
    public IDisposable Subscribe(EventReceived received) => _bus.Subscribe(received);

    /// <summary>Ends the emulator as a signal does.</summary>
    public void RequestShutdown(ShutdownCause cause) => _shutdown.Quit(cause);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _shutdown.Fail(); // unless it has ended: nothing may wait any longer, least of all with the lock held
        await _server.DisposeAsync().ConfigureAwait(OrderedContext.IsCurrent);
        _bus.Dispose();
        _qtest.Dispose();
        await Migration.JoinAsync().ConfigureAwait(OrderedContext.IsCurrent);
        using (await Machine.Lock.EnterAsync().ConfigureAwait(OrderedContext.IsCurrent))
        {
            await Machine.StopAsync(RunState.Shutdown).ConfigureAwait(OrderedContext.IsCurrent);
        }

        await _built.Processors.DisposeAsync().ConfigureAwait(OrderedContext.IsCurrent);
        Machine.Dispose();
        foreach (ImageLoader image in _built.Devices.Images) image.Dispose();
        _built.Objects.Dispose();
        _built.Blocks.Dispose();
        Migration.Cpr.Dispose();
    }

    // The first serial port is the one that the guest's code can reach.
    private Func<Chardev, IFrontEnd>? SerialOf(string chardev) =>
        _built.Hardware is { } hardware && _options.Given.All(OptionTable.Serial).FirstOrDefault(s => s.Value is not null)?.Value == chardev
            ? device => SerialFrontEnd.Start(device.Connections, hardware.Serial, waitsForPeer: !device.IsSocket)
            : null;

    private void Begin(OptionValue<IncomingChannel>? incoming)
    {
        if (incoming is null)
        {
            if (Machine.Autostart && Machine.RunState == RunState.Prelaunch) Machine.Start();
        }
        else if (incoming.Value.Address is { } address)
        {
            Listen(incoming, address);
        }
    }

    private void Listen(OptionValue<IncomingChannel> incoming, MigrationAddress address)
    {
        try
        {
            Migration.MigrateIncoming(address);
        }
        catch (Exception e) when (e is MigrationException or ChannelException)
        {
            throw incoming.Error(Hints.Explain(e.Message));
        }
    }

    private void OnIncomingFailed(IncomingFailure failure)
    {
        if (!_incoming.ExitOnError) return;
        if (!failure.IsLogged) _ports.Logger.Error("{Error:l}", failure.Reason);
        _shutdown.Fail();
    }

    // Idle ports are let go, too: a monitor that is still being waited for may be behind one.
    private void OnEnding()
    {
        Migration.Shutdown();
        _chardevs.Dispose();
        _server.Close();
    }

    // Refusals of the machine and of its migration are answers; everything else is a defect.
    private static QmpError? MapException(Exception e) => e switch
    {
        MigrationException or ChannelException => QmpError.Generic(e.Message),
        _ => null,
    };
}
