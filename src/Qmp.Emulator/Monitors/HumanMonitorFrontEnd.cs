using System.Globalization;
using Qmp.Emulator.Chardevs;
using Qmp.Emulator.HumanMonitor;
using Qmp.Protocol.Threading;
using Qmp.Protocol.Transport;
using Qmp.Server.Dispatch;

namespace Qmp.Emulator.Monitors;

/// <summary>A human monitor as the front end of a character device: one person after the other types lines.</summary>
internal sealed class HumanMonitorFrontEnd : SequentialFrontEnd
{
    private readonly HumanMonitorInterpreter _interpreter;
    private readonly ICommandQueue _queue;
    private readonly Func<bool> _isEnding;

    private HumanMonitorFrontEnd(
        IConnectionSource connections, HumanMonitorInterpreter interpreter, ICommandQueue queue, Func<bool> isEnding)
        : base(connections)
    {
        _interpreter = interpreter;
        _queue = queue;
        _isEnding = isEnding;
    }

    /// <inheritdoc/>
    public override bool IsOpen => true;

    /// <inheritdoc/>
    public override bool TakesAnother => false;

    /// <summary>Makes one and lets people in.</summary>
    /// <param name="connections">Where they come from; disposed with the monitor.</param>
    /// <param name="interpreter">Runs their lines.</param>
    /// <param name="queue">Where commands run, one at a time.</param>
    /// <param name="isEnding">Whether no prompt is worth to be shown any more.</param>
    public static HumanMonitorFrontEnd Start(
        IConnectionSource connections, HumanMonitorInterpreter interpreter, ICommandQueue queue, Func<bool> isEnding)
    {
        var monitor = new HumanMonitorFrontEnd(connections, interpreter, queue, isEnding);
        monitor.Start();
        return monitor;
    }

    /// <inheritdoc/>
    protected override async Task ServeAsync(IConnection peer)
    {
        var editor = new LineEditor(_interpreter.Complete);
        editor.Print(string.Create(
            CultureInfo.InvariantCulture, $"QEMU {_interpreter.Version} monitor - type 'help' for more information\n"));
        editor.ShowPrompt();
        peer.Send(editor.TakeOutput());
        byte[] buffer = new byte[4096];
        int received;
        while ((received = await peer.ReceiveAsync(buffer, wakeable: false).ConfigureAwait(OrderedContext.IsCurrent)) > 0)
        {
            for (int i = 0; i < received; i++)
            {
                if (editor.Take(buffer[i]) is not { } line) continue;
                peer.Send(editor.TakeOutput());
                await _queue.RunAsync(_ => RunAsync(peer, line), peer).ConfigureAwait(OrderedContext.IsCurrent);
                if (!_isEnding()) editor.ShowPrompt();
            }

            peer.Send(editor.TakeOutput());
        }
    }

    private async ValueTask RunAsync(IConnection peer, string line) =>
        peer.Send(System.Text.Encoding.UTF8.GetBytes(await _interpreter.ExecuteAsync(line).ConfigureAwait(OrderedContext.IsCurrent)));
}
