using System.Runtime.InteropServices;
using Qmp.Linux;

namespace Qmp.Migration.Channels.Posix;

/// <summary>A file, a pipe or a terminal: whatever is no socket.</summary>
/// <remarks>
/// The calls block; a shutdown wakes a pipe's through an event descriptor. Its peer notices when the channel is closed.
/// Reads of a pipe are polled for in any mode, since another process that shares it may change its mode at any time.
/// </remarks>
internal sealed class DescriptorChannel : IMigrationChannel
{
    private readonly SafeHandle? _reading;
    private readonly SafeHandle? _writing;
    private readonly string _kind;
    private readonly bool _readsPipe;
    private readonly WakeEvent _wake;
    private readonly IoVector[] _scratch = new IoVector[Files.MaxPieces];
    private volatile bool _shutDown;

    /// <param name="reading">What is read from, if anything.</param>
    /// <param name="writing">What is written to, if anything.</param>
    /// <param name="kind">What messages call it: <c>file</c> or <c>command</c>.</param>
    /// <exception cref="ChannelException">No descriptors are left; those that were given are closed.</exception>
    public DescriptorChannel(SafeHandle? reading, SafeHandle? writing, string kind)
    {
        _reading = reading;
        _writing = writing;
        _kind = kind;
        try
        {
            _wake = new WakeEvent();
        }
        catch (IOException)
        {
            string reason = Errno.Text(Marshal.GetLastPInvokeError());
            reading?.Dispose();
            writing?.Dispose();
            throw new ChannelException(reason);
        }

        // Only pipes can make a call wait for ever; the mode of anything else is left as it was given.
        _readsPipe = reading is not null && Files.IsPipe(reading);
        if (_readsPipe) _ = Files.SetNonBlocking(reading!, true);
        if (writing is not null && Files.IsPipe(writing)) _ = Files.SetNonBlocking(writing, true);
    }

    /// <summary>Waits until there is something to read. The end alone is not something, as in QEMU.</summary>
    /// <returns>Whether there is; otherwise the channel was shut down.</returns>
    public bool WaitForInput()
    {
        try
        {
            while (!_shutDown)
            {
                PollEvents events = Descriptors.Wait(_reading, PollEvents.Readable, _wake, out _);
                if (events.HasFlag(PollEvents.Readable)) return true;

                // Hung up and empty: only a shutdown ends this.
                if (events != PollEvents.None) Descriptors.Wait(null, PollEvents.None, _wake, out _);
            }
        }
        catch (ObjectDisposedException) when (_shutDown)
        {
            // Shut down and closed between two waits.
        }

        return false;
    }

    public ValueTask WriteAsync(ReadOnlyMemory<IoVector> pieces)
    {
        var list = new PieceList(pieces.Span, _scratch);
        while (!list.IsEmpty)
        {
            if (_shutDown) throw Failure("write to", Errno.BrokenPipe);
            if (_writing is null) throw Failure("write to", Errno.BadDescriptor);
            int written = Files.Gather(_writing, list.Left);
            if (written >= 0) list.Advance(written);
            else if (written == -Errno.TryAgain) Descriptors.Wait(_writing, PollEvents.Writable, _wake, out _);
            else throw Failure("write to", written);
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        while (!_shutDown)
        {
            if (_reading is null) throw Failure("read from", Errno.BadDescriptor);
            if (_readsPipe && Descriptors.Wait(_reading, PollEvents.Readable, _wake, out _) == PollEvents.None) continue;
            int read = Files.Read(_reading, buffer.Span);
            if (read >= 0) return new ValueTask<int>(read);
            if (read != -Errno.TryAgain) throw Failure("read from", read);
            Descriptors.Wait(_reading, PollEvents.Readable, _wake, out _);
        }

        return new ValueTask<int>(0);
    }

    public ValueTask<bool> WaitForHangUpAsync(TimeSpan timeout) => new(false);

    public bool HasUnread => false;

    public bool IsConnection => false;

    public bool IsStarting => false;

    public ValueTask FinishAsync() => ValueTask.CompletedTask;

    /// <summary>Closes what is written to, so that its reader finds the end.</summary>
    public void EndWriting() => _writing?.Dispose();

    public void Shutdown()
    {
        _shutDown = true;
        _wake.Set();
    }

    public void Dispose()
    {
        _reading?.Dispose();
        _writing?.Dispose();
        _wake.Dispose();
    }

    private ChannelException Failure(string what, int error) => new($"Unable to {what} {_kind}: {Errno.Text(error)}");
}
