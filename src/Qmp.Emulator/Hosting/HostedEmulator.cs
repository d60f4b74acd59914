using Qmp.Emulator.Chardevs;
using Qmp.Emulator.Options;
using Qmp.Migration.Cpr;
using Qmp.Protocol.Threading;
using Qmp.Protocol.Transport;
using Qmp.Types;

namespace Qmp.Emulator.Hosting;

/// <summary>
/// An emulator inside a process that is more than that: started from a command line, it has a log, a standard error, an
/// exit status and descriptors of its own. Any number of them live side by side and share nothing.
/// </summary>
public sealed class HostedEmulator : IAsyncDisposable
{
    private const int Killed = -9;

    private readonly EmulatorPorts _ports;
    private readonly List<CuttableConnections> _connections; // guards itself
    private readonly TaskCompletionSource<int> _killed = new(OrderedContext.Completions);

    private HostedEmulator(EmulatorInstance instance, EmulatorPorts ports, List<CuttableConnections> connections)
    {
        Instance = instance;
        _ports = ports;
        _connections = connections;
        Exit = RunAsync();
    }

    /// <summary>The emulator.</summary>
    public EmulatorInstance Instance { get; }

    /// <summary>Ends with the exit status that a process would have; below 0, the signal that ended it.</summary>
    public Task<int> Exit { get; }

    /// <summary>Starts one.</summary>
    /// <param name="words">The command line, without the name of the program.</param>
    /// <param name="clock">Its clock.</param>
    /// <param name="errors">Its standard error.</param>
    /// <param name="adapt">Changes what it has of the world, which is the host's otherwise.</param>
    /// <exception cref="CommandLineException">There can be no such emulator; the text is what would be printed.</exception>
    public static async Task<HostedEmulator> StartAsync(
        IReadOnlyList<string> words,
        TimeProvider clock,
        StandardErrorText errors,
        Func<EmulatorPorts, EmulatorPorts> adapt)
    {
        ArgumentNullException.ThrowIfNull(errors);
        ArgumentNullException.ThrowIfNull(adapt);
        EmulatorOptions options = CommandLineParser.Parse(words, errors.WriteLine);
        EmulatorPorts ports = adapt(EmulatorPorts.Real(clock, errors.CreateLogger(), errors.WriteLine));
        var connections = new List<CuttableConnections>();
        Func<ChardevSpec, OpenedChardev> open = ports.OpenChardev;
        ports = ports with { OpenChardev = chardev => Watch(open(chardev), connections) };
        CprArrival? arrival = await EmulatorInstance.WaitForCprAsync(options, ports).ConfigureAwait(OrderedContext.IsCurrent);
        var emulator = new HostedEmulator(new EmulatorInstance(options, ports, arrival), ports, connections);
        try
        {
            await emulator.Instance.StartAsync().ConfigureAwait(OrderedContext.IsCurrent);
            return emulator;
        }
        catch
        {
            await emulator.DisposeAsync().ConfigureAwait(OrderedContext.IsCurrent);
            throw;
        }
    }

    /// <summary>The same connections, which end when the emulator is killed.</summary>
    public IConnectionSource Watch(IConnectionSource connections) => Watch(connections, _connections);

    /// <summary>Asks it to end as SIGTERM does.</summary>
    public void Terminate() => Instance.RequestShutdown(ShutdownCause.HostSignal);

    /// <summary>Ends it as SIGKILL does: its connections end, and it says nothing more.</summary>
    public void Kill()
    {
        CuttableConnections[] connections;
        lock (_connections) connections = [.. _connections];
        foreach (CuttableConnections source in connections) source.Cut();
        using (OrderedContext.Leave()) _killed.TrySetResult(Killed);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Kill();
        await Exit.ConfigureAwait(OrderedContext.IsCurrent);
    }

    private static OpenedChardev Watch(OpenedChardev opened, List<CuttableConnections> all) =>
        opened with { Connections = Watch(opened.Connections, all) };

    private static CuttableConnections Watch(IConnectionSource source, List<CuttableConnections> all)
    {
        var watched = new CuttableConnections(source);
        lock (all) all.Add(watched);
        return watched;
    }

    private async Task<int> RunAsync()
    {
        Task<int> end = await Task.WhenAny(Instance.Completion, _killed.Task).ConfigureAwait(OrderedContext.IsCurrent);
        await Instance.DisposeAsync().ConfigureAwait(OrderedContext.IsCurrent);
        _ports.Descriptors.Dispose();
        return await end.ConfigureAwait(OrderedContext.IsCurrent);
    }
}
