using MonitorOptions = Qmp.Server.Sessions.MonitorOptions;
using Qmp.Client;
using Qmp.Emulator;
using Qmp.Emulator.Options;
using Qmp.Migration.Faults;
using Qmp.Protocol.Transport;
using Qmp.Testing.Hosting;

namespace Qmp.Testing;

/// <summary>A machine inside this process, started as <c>qmpd</c> is from its command line. Disposing ends it.</summary>
/// <remarks>May be used from any thread. Any number of machines may live in a process; they share nothing.</remarks>
public sealed class TestVm : IAsyncDisposable
{
    private readonly EmulatorInstance _emulator;
    private readonly InProcessMonitors _monitors;
    private readonly InProcessVm _vm;
    private int _added;

    private TestVm(EmulatorInstance emulator, InProcessMonitors monitors, InProcessVm vm)
    {
        _emulator = emulator;
        _monitors = monitors;
        _vm = vm;
        Monitor = AddMonitor();
    }

    /// <summary>A monitor in memory, besides those of the command line. As with QEMU, it has one client at a time.</summary>
    public QmpEndpoint Monitor { get; }

    /// <summary>
    /// The faults that are planned for its migrations. The commands <c>x-fault-…</c> do the same, where
    /// <c>-x-sim on</c> makes them available.
    /// </summary>
    public FaultPoints Faults => _emulator.Migration.Faults;

    /// <summary>Ends with the exit status that the process would have; below 0, the signal that ended it.</summary>
    public Task<int> Exit => _vm.Exit;

    /// <summary>What it would have printed on standard error by now.</summary>
    public string StandardError => _vm.StandardError;

    /// <summary>Starts a machine on the system's clock.</summary>
    /// <param name="words">The command line, without the name of the program.</param>
    /// <exception cref="CommandLineException">
    /// The command line is wrong, or asks for something that cannot be had; the message is what <c>qmpd</c> prints.
    /// </exception>
    public static Task<TestVm> StartAsync(params string[] words) => StartAsync(new TestVmOptions(), words);

    /// <summary>Starts a machine.</summary>
    /// <param name="options">What it shares with others.</param>
    /// <param name="words">The command line, without the name of the program.</param>
    /// <exception cref="CommandLineException">
    /// The command line is wrong, or asks for something that cannot be had; the message is what <c>qmpd</c> prints.
    /// </exception>
    public static async Task<TestVm> StartAsync(TestVmOptions options, params string[] words)
    {
        ArgumentNullException.ThrowIfNull(options);
        var printed = new StandardErrorText();
        var monitors = new InProcessMonitors(onSockets: true);
        EmulatorOptions parsed = CommandLineParser.Parse(words, printed.WriteLine);
        EmulatorPorts ports = EmulatorPorts.Real(options.Clock, options.Logger ?? printed.CreateLogger());
        ports = ports with
        {
            Report = printed.WriteLine,
            Listen = monitors.Wrap(ports.Listen),
            Transport = options.Network?.Transport ?? ports.Transport,
        };
        var emulator = new EmulatorInstance(parsed, ports);
        InProcessVm vm = await InProcessVm.StartAsync(emulator, parsed, ports, monitors, printed).ConfigureAwait(false);
        return new TestVm(emulator, monitors, vm);
    }

    /// <summary>Adds a monitor, for one more client.</summary>
    public QmpEndpoint AddMonitor()
    {
        string id = $"test{Interlocked.Increment(ref _added) - 1}";
        var listener = new MemoryListener(id);
        _emulator.AddMonitor(new MonitorOptions { Id = id, Connections = _monitors.Watch(listener) });
        return QmpEndpoint.Custom(id, _ => ValueTask.FromResult<IConnection>(listener.Connect()));
    }

    /// <summary>Connects to <see cref="Monitor"/> and negotiates.</summary>
    /// <exception cref="QmpConnectException">Another client is connected, or the machine has ended.</exception>
    public Task<QmpConnection> ConnectAsync(
        QmpClientOptions? options = null, CancellationToken cancellationToken = default) =>
        QmpConnection.ConnectAsync(Monitor, options, cancellationToken);

    /// <summary>Reads guest-physical memory; addresses without memory read as zeros.</summary>
    public byte[] ReadMemory(ulong address, int length)
    {
        byte[] data = new byte[length];
        _emulator.Machine.Memory.ReadPhysical(address, data);
        return data;
    }

    /// <summary>Writes guest-physical memory as the guest does: a migration that is under way sends it.</summary>
    public void WriteMemory(ulong address, ReadOnlySpan<byte> data) =>
        _emulator.Machine.Memory.WritePhysical(address, data);

    /// <summary>Asks it to end as SIGTERM does.</summary>
    public void Terminate() => _vm.Terminate();

    /// <summary>Ends it as SIGKILL does: connections close without a last event or reply.</summary>
    public void Kill() => _vm.Kill();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _vm.DisposeAsync();
}
