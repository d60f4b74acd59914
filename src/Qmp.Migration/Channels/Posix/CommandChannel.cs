using System.Runtime.InteropServices;
using Qmp.Linux;

namespace Qmp.Migration.Channels.Posix;

/// <summary>A command's standard input and output (<c>exec:</c>).</summary>
internal sealed class CommandChannel : IMigrationChannel
{
    /// <summary>Milliseconds that a command has to end by itself once its migration was cut.</summary>
    private const int Patience = 250;

    /// <summary>Milliseconds that a signal has to end it.</summary>
    private const int SignalPatience = 50;

    private readonly DescriptorChannel _pipes;
    private readonly ChildProcess _child;
    private readonly WakeEvent _cut;

    private CommandChannel(DescriptorChannel pipes, ChildProcess child, WakeEvent cut)
    {
        _pipes = pipes;
        _child = child;
        _cut = cut;
    }

    /// <summary>Starts a command.</summary>
    /// <exception cref="ChannelException">The command cannot be run.</exception>
    public static CommandChannel Start(IReadOnlyList<string> arguments)
    {
        // No search path: a name without a folder is a file of the current one.
        string program = arguments.Count > 0 ? arguments[0] : "";
        try
        {
            (DescriptorHandle childInput, DescriptorHandle writing) = Files.MakePipe();
            using DescriptorHandle input = childInput;
            (DescriptorHandle reading, DescriptorHandle childOutput) = MakeSecondPipe(writing);
            using DescriptorHandle output = childOutput;
            var pipes = new DescriptorChannel(reading, writing, "command");
            WakeEvent? cut = null;
            try
            {
                cut = new WakeEvent();
                ChildProcess child = ChildProcess.Start(program, arguments, input, output, out int error)
                    ?? throw new ChannelException($"Failed to execute child process “{program}” ({Errno.Text(error)})");
                return new CommandChannel(pipes, child, cut);
            }
            catch
            {
                cut?.Dispose();
                pipes.Dispose();
                throw;
            }
        }
        catch (IOException e) when (e is not ChannelException)
        {
            throw new ChannelException(Errno.Text(Marshal.GetLastPInvokeError()));
        }
    }

    public bool HasUnread => false;

    // The pipe takes the first bytes, even if the command has failed.
    public bool IsConnection => false;

    public bool IsStarting => true;

    public ValueTask WriteAsync(ReadOnlyMemory<IoVector> pieces) => _pipes.WriteAsync(pieces);

    public ValueTask<int> ReadAsync(Memory<byte> buffer) => _pipes.ReadAsync(buffer);

    public ValueTask<bool> WaitForHangUpAsync(TimeSpan timeout) => new(false);

    /// <inheritdoc cref="DescriptorChannel.WaitForInput"/>
    public bool WaitForInput() => _pipes.WaitForInput();

    public ValueTask FinishAsync()
    {
        _pipes.EndWriting();
        return _child.WaitForEnd(_cut, Timeout.Infinite)
            ? ValueTask.CompletedTask
            : throw new ChannelException("Unable to write to command: Broken pipe");
    }

    public void Shutdown()
    {
        _pipes.Shutdown();
        _cut.Set();
    }

    /// <summary>Closes the pipes and waits for the command; one that was cut off does not get much time.</summary>
    public void Dispose()
    {
        _pipes.Dispose();
        if (!_child.WaitForEnd(_cut, Timeout.Infinite) && !_child.WaitForEnd(null, Patience))
        {
            _child.Terminate();
            if (!_child.WaitForEnd(null, SignalPatience)) _child.Kill();
            _child.WaitForEnd(null, SignalPatience);
        }

        _child.Dispose();
        _cut.Dispose();
    }

    private static (DescriptorHandle Reading, DescriptorHandle Writing) MakeSecondPipe(DescriptorHandle first)
    {
        try
        {
            return Files.MakePipe();
        }
        catch
        {
            first.Dispose();
            throw;
        }
    }
}
