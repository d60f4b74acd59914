using System.Globalization;
using Qmp.Emulator.Catalogue;
using Qmp.Emulator.Chardevs;
using Qmp.Emulator.HumanMonitor;
using Qmp.Protocol.Transport;
using Qmp.Server.Dispatch;

namespace Qmp.Emulator.Monitors;

/// <summary>A human monitor as the front end of a character device: one person after the other types lines.</summary>
internal sealed class HumanMonitorFrontEnd : IFrontEnd, IDisposable
{
    private readonly IConnectionSource _connections;
    private readonly HumanMonitorInterpreter _interpreter;
    private readonly ICommandQueue _queue;
    private readonly Func<bool> _isEnding;
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _firstClient = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IConnection? _peer; // guarded by _gate

    private HumanMonitorFrontEnd(
        IConnectionSource connections, HumanMonitorInterpreter interpreter, ICommandQueue queue, Func<bool> isEnding)
    {
        _connections = connections;
        _interpreter = interpreter;
        _queue = queue;
        _isEnding = isEnding;
    }

    /// <inheritdoc/>
    public bool IsOpen => true;

    /// <inheritdoc/>
    public bool TakesAnother => false;

    /// <inheritdoc/>
    public bool IsConnected
    {
        get
        {
            lock (_gate) return _peer is not null;
        }
    }

    /// <inheritdoc/>
    public Task FirstClient => _firstClient.Task;

    /// <summary>Makes one and lets people in.</summary>
    /// <param name="connections">Where they come from; disposed with the monitor.</param>
    /// <param name="interpreter">Runs their lines.</param>
    /// <param name="queue">Where commands run, one at a time.</param>
    /// <param name="isEnding">Whether no prompt is worth to be shown any more.</param>
    public static HumanMonitorFrontEnd Start(
        IConnectionSource connections, HumanMonitorInterpreter interpreter, ICommandQueue queue, Func<bool> isEnding)
    {
        var monitor = new HumanMonitorFrontEnd(connections, interpreter, queue, isEnding);
        if (connections.IsBlocking)
        {
            new Thread(() => monitor.RunAsync().GetAwaiter().GetResult()) { IsBackground = true, Name = connections.Name }.Start();
        }
        else
        {
            _ = Task.Run(monitor.RunAsync);
        }

        return monitor;
    }

    /// <inheritdoc/>
    public void Disconnect()
    {
        lock (_gate) _peer?.StopReceiving();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _connections.Stop();
        Disconnect();
    }

    // Ends when the source is stopped; then it is disposed of, on the thread that used it.
    private async Task RunAsync()
    {
        using IConnectionSource connections = _connections;
        while (await connections.AcceptAsync().ConfigureAwait(false) is { } accepted)
        {
            using IConnection peer = accepted;
            lock (_gate) _peer = peer;
            _firstClient.TrySetResult();
            await ServeAsync(peer).ConfigureAwait(false);
            lock (_gate) _peer = null;
        }

        _firstClient.TrySetResult();
    }

    private async Task ServeAsync(IConnection peer)
    {
        var editor = new LineEditor(_interpreter.Complete);
        editor.Print(string.Create(
            CultureInfo.InvariantCulture, $"QEMU {EmulatorVersion.Qemu} monitor - type 'help' for more information\n"));
        editor.ShowPrompt();
        peer.Send(editor.TakeOutput());
        byte[] buffer = new byte[4096];
        int received;
        while ((received = await peer.ReceiveAsync(buffer, wakeable: false).ConfigureAwait(false)) > 0)
        {
            for (int i = 0; i < received; i++)
            {
                if (editor.Take(buffer[i]) is not { } line) continue;
                peer.Send(editor.TakeOutput());
                await _queue.RunAsync(RunAsync, (peer, line)).ConfigureAwait(false);
                if (!_isEnding()) editor.ShowPrompt();
            }

            peer.Send(editor.TakeOutput());
        }
    }

    private async ValueTask RunAsync((IConnection Peer, string Line) typed) =>
        typed.Peer.Send(System.Text.Encoding.UTF8.GetBytes(await _interpreter.ExecuteAsync(typed.Line).ConfigureAwait(false)));
}
