using Qmp.Api;
using Qmp.Devices.Timer;
using Qmp.Emulator.CommandLine;
using Qmp.Emulator.Commands;
using Qmp.Emulator.Machines;
using Qmp.Machine;
using Qmp.Machine.Loop;
using Qmp.Migration;
using Qmp.Migration.Channels;
using Qmp.Protocol.Messages;
using Qmp.Protocol.Transport;
using Qmp.Server;
using Qmp.Server.Dispatch;
using Qmp.Server.Events;
using Qmp.Types;
using MonitorOptions = Qmp.Server.Sessions.MonitorOptions;

namespace Qmp.Emulator;

/// <summary>A whole emulator: a machine, its migration, its monitors.</summary>
public sealed class EmulatorInstance : IAsyncDisposable
{
    private readonly EmulatorPorts _ports;
    private readonly EventBus _bus;
    private readonly ShutdownController _shutdown;
    private readonly QmpServer _server;
    private readonly IncomingPolicy _incoming = new();

    /// <summary>Puts the emulator together; nothing runs yet.</summary>
    /// <exception cref="CommandLineException">The options ask for what is not to be had.</exception>
    public EmulatorInstance(EmulatorOptions options, EmulatorPorts ports)
    {
        _ports = ports;
        MachineType type = MachineType.Find(options.MachineType) ?? throw new CommandLineException(
            $"unsupported machine type: \"{options.MachineType}\"\nUse -machine help to list supported machines");
        TimeProvider clock = ports.Timeline.Clock;
        _bus = new EventBus(clock);
        var events = new MachineEventAdapter(_bus);
        Machine = new VirtualMachine(
            new MachineIdentity(type.Name, options.Name, options.Uuid), ports.Timeline, events, ports.Logger)
        {
            Autostart = !options.StartStopped,
        };
        Migration = new MigrationCore(Machine, ports.Transport, events, ports.Logger);
        Migration.Devices.Add(TimerDevice.Create(Machine));
        Migration.IncomingFailed += OnIncomingFailed;
        MigrationGlobals.Apply(options.Globals, Migration.Options);
        MachineMemory.Create(options, type, Machine.Memory);
        DeviceFactory.Create(options.Devices, Machine);
        _shutdown = new ShutdownController(new RunStateEvents(_bus));
        _shutdown.Ending += OnEnding;
        _server = new QmpServer(
            new QmpServerOptions
            {
                Version = new QmpVersion(
                    EmulatorVersion.Qemu.Major,
                    EmulatorVersion.Qemu.Minor,
                    EmulatorVersion.Qemu.Build,
                    EmulatorVersion.Package),
                Time = clock,
                Logger = ports.Logger,
                MapException = MapException,
            },
            Commands(),
            new MachineCommandLoop(Machine.Loop),
            _bus);
    }

    /// <summary>The machine.</summary>
    public VirtualMachine Machine { get; }

    /// <summary>Its migration.</summary>
    public MigrationCore Migration { get; }

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

        foreach (MonitorSpec monitor in options.Monitors) AddMonitor(monitor);
        if (options.Incoming is null)
        {
            using MachineLoop.Hold hold = await Machine.Loop.EnterAsync().ConfigureAwait(false);
            if (Machine.Autostart && Machine.RunState == RunState.Prelaunch) Machine.Start();
        }
        else if (options.Incoming != "defer")
        {
            await ListenAsync(options.Incoming).ConfigureAwait(false);
        }
    }

    /// <summary>Adds a monitor on any transport.</summary>
    public void AddMonitor(MonitorOptions monitor) => _server.AddMonitor(monitor);

    /// <summary>Ends the emulator as a signal does.</summary>
    public void RequestShutdown(ShutdownCause cause) => _shutdown.Request(cause);

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
    }

    private CommandRegistry Commands() => new CommandRegistry.Builder()
        .Add(RunStateCommandTable.Commands, new RunStateCommands(Machine))
        .Add(MigrationCommandTable.Commands, new MigrationCommands(Migration, _incoming))
        .Add(ControlCommandTable.Commands, session => new ControlCommands(session, _shutdown))
        .Add(IntrospectCommandTable.Commands, new IntrospectCommands())
        .Add(MachineCommandTable.Commands, new MachineCommands(Machine))
        .Add(MiscCommandTable.Commands, session => new MiscCommands(Machine, _ports.Descriptors, session))
        .Build();

    private void AddMonitor(MonitorSpec spec)
    {
        try
        {
            AddMonitor(new MonitorOptions
            {
                Id = spec.Id,
                Listener = _ports.Listen(spec),
                Pretty = spec.Pretty,
            });
        }
        catch (TransportException e)
        {
            throw CommandLineException.At(spec.Option, spec.Text, e.Message);
        }
    }

    private async ValueTask ListenAsync(string uri)
    {
        try
        {
            using MachineLoop.Hold hold = await Machine.Loop.EnterAsync().ConfigureAwait(false);
            Migration.MigrateIncoming(MigrationUri.Parse(uri));
        }
        catch (Exception e) when (e is MigrationException or ChannelException)
        {
            throw CommandLineException.At("incoming", uri, e.Message);
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
