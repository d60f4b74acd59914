using Qmp.Client;
using Qmp.Devices.Workload.Model;
using Qmp.Emulator.Hosting;
using Qmp.Emulator.Options;
using Qmp.Machine;
using Qmp.Machine.Memory;
using Qmp.Machine.Time;
using Qmp.Migration.Faults;
using Qmp.Protocol.Threading;
using Qmp.Protocol.Transport;
using Qmp.Testing.Hosting;
using MonitorOptions = Qmp.Server.Sessions.MonitorOptions;

namespace Qmp.Testing;

/// <summary>A machine inside this process, started as <c>qmpd</c> is from its command line. Disposing ends it.</summary>
/// <remarks>May be used from any thread. Any number of machines may live in a process; they share nothing.</remarks>
public sealed class TestVm : IAsyncDisposable
{
    private readonly HostedEmulator _emulator;
    private readonly TimeProvider _clock;
    private readonly StandardErrorText _errors;
    private int _added;

    private TestVm(HostedEmulator emulator, TimeProvider clock, StandardErrorText errors)
    {
        _emulator = emulator;
        _clock = clock;
        _errors = errors;
        Monitor = AddMonitor();
    }

    /// <summary>A monitor in memory, besides those of the command line. As with QEMU, it has one client at a time.</summary>
    public QmpEndpoint Monitor { get; }

    /// <summary>
    /// The faults that are planned for its migrations. The commands <c>x-fault-…</c> do the same, where
    /// <c>-x-sim on</c> makes them available.
    /// </summary>
    public FaultPoints Faults => _emulator.Instance.Migration.Faults;

    /// <summary>Ends with the exit status that the process would have; below 0, the signal that ended it.</summary>
    public Task<int> Exit => _emulator.Exit;

    /// <summary>What it would have printed on standard error by now.</summary>
    public string StandardError => _errors.Text;

    /// <summary>Starts a machine on the system's clock.</summary>
    /// <param name="words">The command line, without the name of the program.</param>
    /// <exception cref="CommandLineException">There can be no such machine; the text is what would be printed.</exception>
    public static Task<TestVm> StartAsync(params string[] words) => StartAsync(new TestVmOptions(), words);

    /// <summary>Starts a machine.</summary>
    /// <param name="options">What it shares with others.</param>
    /// <param name="words">The command line, without the name of the program.</param>
    /// <exception cref="CommandLineException">There can be no such machine; the text is what would be printed.</exception>
    public static async Task<TestVm> StartAsync(TestVmOptions options, params string[] words)
    {
        ArgumentNullException.ThrowIfNull(options);
        var errors = new StandardErrorText();
        var monitors = new InProcessMonitors(onSockets: true);
        if (options.Time is { IsCurrent: false }) throw new InvalidOperationException("This is not the thread of that virtual time.");
        TimeProvider clock = options.Time?.Clock ?? options.Clock;
        HostedEmulator emulator = await HostedEmulator.StartAsync(words, clock, errors, ports => ports with
        {
            Timeline = options.Time?.Timeline ?? ports.Timeline,
            Offload = options.Time is null ? ports.Offload : work => work().AsTask(),
            Logger = options.Logger ?? ports.Logger,
            OpenChardev = monitors.Wrap(ports.OpenChardev),
            Connector = new NothingInherited(options.Network?.Connector ?? ports.Connector),
        }).ConfigureAwait(OrderedContext.IsCurrent);
        return new TestVm(emulator, clock, errors);
    }

    /// <summary>Adds a monitor, for one more client.</summary>
    public QmpEndpoint AddMonitor()
    {
        string id = $"test{Interlocked.Increment(ref _added) - 1}";
        var listener = new MemoryListener(id);
        _emulator.Instance.AddMonitor(new MonitorOptions { Id = id, Connections = _emulator.Watch(listener) });
        return QmpEndpoint.Custom(id, _ => ValueTask.FromResult<IConnection>(listener.Connect()));
    }

    /// <summary>Connects to <see cref="Monitor"/> and negotiates, with the machine's clock unless the options have another.</summary>
    /// <exception cref="QmpConnectException">Another client is connected, or the machine has ended.</exception>
    public Task<QmpConnection> ConnectAsync(
        QmpClientOptions? options = null, CancellationToken cancellationToken = default) =>
        QmpConnection.ConnectAsync(Monitor, WithClock(options ?? QmpClientOptions.Default), cancellationToken);

    /// <summary>Lets a modelled guest run here whenever the machine does, as simulations have it.</summary>
    /// <param name="program">What it does. Given to both machines of a migration, it moves with the guest.</param>
    /// <exception cref="ArgumentException">The machine has no such memory.</exception>
    public async Task AddGuestAsync(ModelProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        VirtualMachine machine = _emulator.Instance.Machine;
        using TimelineLock.Hold hold = await machine.Lock.EnterAsync().ConfigureAwait(false);
        RamBlock block = machine.Memory.Visible.Select(visible => visible.Block).FirstOrDefault()
            ?? throw new ArgumentException("The machine has no memory", nameof(program));
        var guest = new ModelGuest(machine, block, program);
        machine.AddGuest(guest);
        if (machine.IsRunning) guest.Start();
    }

    /// <summary>Reads guest-physical memory; where there is none, zeros.</summary>
    public byte[] ReadMemory(ulong address, int length)
    {
        byte[] data = new byte[length];
        _emulator.Instance.Machine.Memory.Peek(address, data);
        return data;
    }

    /// <summary>Writes guest-physical memory as the guest does: a migration that is under way sends it.</summary>
    public void WriteMemory(ulong address, ReadOnlySpan<byte> data) =>
        _emulator.Instance.Machine.Memory.WriteAsync(address, data.ToArray()).AsTask().GetAwaiter().GetResult();

    /// <summary>Asks it to end as SIGTERM does.</summary>
    public void Terminate() => _emulator.Terminate();

    /// <summary>Ends it as SIGKILL does: connections end, nothing is said any more.</summary>
    public void Kill() => _emulator.Kill();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _emulator.DisposeAsync();

    private QmpClientOptions WithClock(QmpClientOptions options) =>
        options.Time == TestVmOptions.SystemClock ? options with { Time = _clock } : options;
}
