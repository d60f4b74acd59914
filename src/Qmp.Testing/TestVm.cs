using Qmp.Client;
using Qmp.Emulator.Hosting;
using Qmp.Emulator.Options;
using Qmp.Migration.Faults;
using Qmp.Protocol.Transport;
using Qmp.Testing.Hosting;
using MonitorOptions = Qmp.Server.Sessions.MonitorOptions;

namespace Qmp.Testing;

/// <summary>A machine inside this process, started as <c>qmpd</c> is from its command line. Disposing ends it.</summary>
/// <remarks>May be used from any thread. Any number of machines may live in a process; they share nothing.</remarks>
public sealed class TestVm : IAsyncDisposable
{
    private readonly HostedEmulator _emulator;
    private readonly StandardErrorText _errors;
    private int _added;

    private TestVm(HostedEmulator emulator, StandardErrorText errors)
    {
        _emulator = emulator;
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
        HostedEmulator emulator = await HostedEmulator.StartAsync(words, options.Clock, errors, ports => ports with
        {
            Logger = options.Logger ?? ports.Logger,
            OpenChardev = monitors.Wrap(ports.OpenChardev),
            Connector = new NothingInherited(options.Network?.Connector ?? ports.Connector),
        }).ConfigureAwait(false);
        return new TestVm(emulator, errors);
    }

    /// <summary>Adds a monitor, for one more client.</summary>
    public QmpEndpoint AddMonitor()
    {
        string id = $"test{Interlocked.Increment(ref _added) - 1}";
        var listener = new MemoryListener(id);
        _emulator.Instance.AddMonitor(new MonitorOptions { Id = id, Connections = _emulator.Watch(listener) });
        return QmpEndpoint.Custom(id, _ => ValueTask.FromResult<IConnection>(listener.Connect()));
    }

    /// <summary>Connects to <see cref="Monitor"/> and negotiates.</summary>
    /// <exception cref="QmpConnectException">Another client is connected, or the machine has ended.</exception>
    public Task<QmpConnection> ConnectAsync(
        QmpClientOptions? options = null, CancellationToken cancellationToken = default) =>
        QmpConnection.ConnectAsync(Monitor, options, cancellationToken);

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
}
