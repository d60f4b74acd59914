using System.Text;
using Qmp.Emulator.Chardevs;
using Qmp.Protocol.Threading;
using Qmp.Protocol.Transport;
using Qmp.Server.Dispatch;

namespace Qmp.Emulator.Qtest;

/// <summary>The other end of QEMU's test programs (<c>-qtest</c>): lines that ask for memory, and answers.</summary>
internal sealed class QtestFrontEnd : SequentialFrontEnd
{
    private const int LongestLine = 16 << 20;

    private readonly QtestCommands _commands;
    private readonly ICommandQueue _queue;
    private readonly QtestLog _log;

    private QtestFrontEnd(IConnectionSource connections, QtestCommands commands, ICommandQueue queue, QtestLog log)
        : base(connections)
    {
        _commands = commands;
        _queue = queue;
        _log = log;
    }

    /// <inheritdoc/>
    public override bool IsOpen => true;

    /// <inheritdoc/>
    public override bool TakesAnother => false;

    /// <summary>Makes one and lets programs in.</summary>
    /// <param name="connections">Where they come from; disposed with this.</param>
    /// <param name="commands">What they may ask for.</param>
    /// <param name="queue">Where that runs, one at a time.</param>
    /// <param name="log">Gets all lines.</param>
    public static QtestFrontEnd Start(IConnectionSource connections, QtestCommands commands, ICommandQueue queue, QtestLog log)
    {
        var end = new QtestFrontEnd(connections, commands, queue, log);
        end.Start();
        return end;
    }

    /// <inheritdoc/>
    protected override async Task ServeAsync(IConnection peer)
    {
        _log.Note("OPENED");
        byte[] buffer = new byte[4096];
        var line = new List<byte>();
        int received;
        while ((received = await peer.ReceiveAsync(buffer, wakeable: false).ConfigureAwait(OrderedContext.IsCurrent)) > 0)
        {
            for (int i = 0; i < received; i++)
            {
                if (buffer[i] != '\n')
                {
                    if (line.Count == LongestLine) return;
                    line.Add(buffer[i]);
                    continue;
                }

                string text = Encoding.UTF8.GetString([.. line]);
                line.Clear();
                if (text.Length > 0) await _queue.RunAsync(_ => RunAsync(peer, text), peer).ConfigureAwait(OrderedContext.IsCurrent);
            }
        }

        _log.Note("CLOSED");
    }

    private async ValueTask RunAsync(IConnection peer, string line)
    {
        _log.Received(line);
        string answer = await _commands.RunAsync(line).ConfigureAwait(OrderedContext.IsCurrent);
        _log.Sent(answer);
        peer.Send(Encoding.UTF8.GetBytes(answer + "\n"));
    }
}
