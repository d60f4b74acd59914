using Qmp.Client.Processes;
using Qmp.Protocol.Transport;

namespace Qmp.Client;

/// <summary>
/// A QEMU, or <c>qmpd</c>, as a process of this one: started with a monitor in a folder of its own, talked to as soon as it is
/// there, ended with it. What <c>qemu.machine</c> is to Python.
/// </summary>
/// <remarks>
/// It gets <c>-display none</c> and two monitors besides the words that it is given: one over which it calls back, which is
/// <see cref="Qmp"/>, and one at <see cref="MonitorPath"/> for further clients. Linux and other Unix systems.
/// </remarks>
public sealed class QemuProcess : IAsyncDisposable
{
    private readonly QemuProcessOptions _options;
    private readonly QemuFolder _folder;
    private readonly ProcessRun _run;

    private QemuProcess(QemuProcessOptions options, QemuFolder folder, ProcessRun run, QmpConnection qmp)
    {
        _options = options;
        _folder = folder;
        _run = run;
        Qmp = qmp;
    }

    /// <summary>The connection to its monitor.</summary>
    public QmpConnection Qmp { get; }

    /// <summary>The socket of a second monitor, which listens: for a shell, or for what is to lose its connection.</summary>
    public string MonitorPath => MonitorIn(_folder);

    /// <summary>The number of the process.</summary>
    public int Id => _run.Id;

    /// <summary>Ends with the exit status; below 0, the signal that ended it.</summary>
    public Task<int> Exit => _run.Exit;

    /// <summary>What it has printed on standard error by now.</summary>
    public string StandardError => _run.StandardError;

    /// <summary>Starts one.</summary>
    /// <param name="program">The program, a path or a name on <c>PATH</c>.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <inheritdoc cref="StartAsync(QemuProcessOptions, string[])" path="/exception"/>
    public static Task<QemuProcess> StartAsync(string program, params string[] arguments) =>
        StartAsync(new QemuProcessOptions { Program = program }, arguments);

    /// <summary>Starts one, waits for its monitor and negotiates.</summary>
    /// <param name="options">How.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <exception cref="QemuStartException">It ended, or did not call back in time; the message has what it printed.</exception>
    /// <exception cref="QmpConnectException">It called back, but does not speak QMP.</exception>
    /// <exception cref="ArgumentException">It was to become a daemon, which is nobody's process.</exception>
    public static async Task<QemuProcess> StartAsync(QemuProcessOptions options, params string[] arguments)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(arguments);
        if (arguments.Any(a => a is "-daemonize" or "--daemonize"))
        {
            throw new ArgumentException("-daemonize: a daemon leaves the process that is waited for", nameof(arguments));
        }

        var folder = new QemuFolder();
        try
        {
            return await StartAsync(options, folder, arguments).ConfigureAwait(false);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>A name in its folder, for a socket or a file; the folder goes with the process.</summary>
    public string File(string name) => _folder.File(name);

    /// <summary>Asks it to end by <c>quit</c>, and kills it if it does not.</summary>
    /// <returns>The exit status; below 0, the signal that ended it.</returns>
    public async Task<int> ShutdownAsync()
    {
        if (_run.Exit.IsCompleted) return await _run.Exit.ConfigureAwait(false);
        using var limit = new CancellationTokenSource(_options.EndTimeout, _options.Client.Time);
        try
        {
            await Qmp.ExecuteUntilDisconnectAsync("quit", cancellationToken: limit.Token).ConfigureAwait(false);
            return await _run.Exit.WaitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is QmpException or OperationCanceledException)
        {
            // It has lost its monitor, or does not answer.
            Kill();
            return await _run.Exit.ConfigureAwait(false);
        }
    }

    /// <summary>Ends it and its children by SIGKILL.</summary>
    public void Kill() => _run.Kill();

    /// <summary>Ends it as <see cref="ShutdownAsync"/> does, and removes its folder.</summary>
    public async ValueTask DisposeAsync()
    {
        await ShutdownAsync().ConfigureAwait(false);
        await Qmp.DisposeAsync().ConfigureAwait(false);
        _run.Dispose();
        _folder.Dispose();
    }

    private static string MonitorIn(QemuFolder folder) => folder.File("monitor.sock");

    private static async Task<int> EndOfAsync(ProcessRun run, QemuProcessOptions options)
    {
        try
        {
            return await run.Exit.WaitAsync(options.EndTimeout, options.Client.Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            run.Kill();
            return await run.Exit.ConfigureAwait(false);
        }
    }

    // A comma ends a value; two of them are one.
    private static string Unix(string path) => $"unix:{path.Replace(",", ",,", StringComparison.Ordinal)}";

    // As two threads of a young QEMU may accept the same client, it is QEMU that connects.
    private static async Task<QemuProcess> StartAsync(QemuProcessOptions options, QemuFolder folder, string[] arguments)
    {
        string path = folder.File("call.sock");
        using SocketListener listener = SocketListener.Unix(path, isBlocking: false);
        ProcessRun run = ProcessRun.Start(
            options,
            ["-display", "none", .. arguments, "-qmp", Unix(path), "-qmp", $"{Unix(MonitorIn(folder))},server=on,wait=off"]);
        try
        {
            Task<IConnection?> calling = listener.AcceptAsync().AsTask();
            Task timeUp = Task.Delay(options.StartTimeout, options.Client.Time, CancellationToken.None);
            Task first = await Task.WhenAny(calling, run.Exit, timeUp).ConfigureAwait(false);
            if (first != calling)
            {
                string reason = first == timeUp
                    ? $"has not connected to its monitor within {options.StartTimeout.TotalSeconds:0.###} s"
                    : $"ended with status {await run.Exit.ConfigureAwait(false)}";
                throw new QemuStartException(options.Program, reason, run.StandardError, null);
            }

            IConnection connection = (await calling.ConfigureAwait(false))!;
            QmpConnection qmp = await QmpConnection.ConnectAsync(QmpEndpoint.Over(connection), options.Client).ConfigureAwait(false);
            return new QemuProcess(options, folder, run, qmp);
        }
        catch (QmpConnectException e) when (e.InnerException is QmpDisconnectedException)
        {
            // It calls before it has looked at all of its arguments.
            int status = await EndOfAsync(run, options).ConfigureAwait(false);
            run.Dispose();
            throw new QemuStartException(options.Program, $"ended with status {status}", run.StandardError, e);
        }
        catch
        {
            run.Kill();
            await run.Exit.ConfigureAwait(false);
            run.Dispose();
            throw;
        }
    }
}
