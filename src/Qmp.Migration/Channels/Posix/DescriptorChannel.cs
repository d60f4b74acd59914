using System.Runtime.InteropServices;

namespace Qmp.Migration.Channels.Posix;

/// <summary>A file, a pipe or a terminal: whatever is no socket.</summary>
/// <remarks>
/// The calls block; a shutdown wakes a pipe's through an event descriptor. Its peer notices when the channel is closed.
/// </remarks>
internal sealed class DescriptorChannel : IMigrationChannel
{
    private readonly SafeHandle? _reading;
    private readonly SafeHandle? _writing;
    private readonly string _kind;
    private readonly IDisposable? _owner;
    private readonly SafeHandle _wake;
    private readonly IoVector[] _scratch = new IoVector[NativeMethods.MaxPieces];
    private volatile bool _shutDown;

    /// <param name="reading">What is read from, if anything.</param>
    /// <param name="writing">What is written to, if anything.</param>
    /// <param name="kind">What messages call it: <c>file</c> or <c>command</c>.</param>
    /// <param name="owner">What is disposed of after the descriptors.</param>
    public DescriptorChannel(SafeHandle? reading, SafeHandle? writing, string kind, IDisposable? owner = null)
    {
        _reading = reading;
        _writing = writing;
        _kind = kind;
        _owner = owner;
        _wake = NativeMethods.CreateEvent();
        if (reading is not null) NativeMethods.UnblockPipe(reading);
        if (writing is not null) NativeMethods.UnblockPipe(writing);
    }

    /// <summary>Waits until there is something to read. The end alone is not something, as in QEMU.</summary>
    /// <returns>Whether there is; otherwise the channel was shut down.</returns>
    public bool WaitForInput()
    {
        try
        {
            while (!_shutDown)
            {
                short events = NativeMethods.Poll(_reading!, NativeMethods.PollIn, _wake);
                if ((events & NativeMethods.PollIn) != 0) return true;

                // Hung up and empty: only a shutdown ends this.
                if (events != 0) NativeMethods.Poll(null, 0, _wake);
            }
        }
        catch (ObjectDisposedException) when (_shutDown)
        {
            // Shut down and closed between two waits.
        }

        return false;
    }

    public unsafe ValueTask WriteAsync(ReadOnlyMemory<IoVector> pieces)
    {
        var list = new PieceList(pieces.Span, _scratch);
        while (!list.IsEmpty)
        {
            ThrowIfShutDown("write to");
            if (_writing is null) throw Failure("write to", NativeMethods.BadDescriptor);
            Span<IoVector> left = list.Left;
            nint written;
            fixed (IoVector* first = left) written = NativeMethods.WriteVector(_writing, (nint)first, left.Length);
            if (written >= 0) list.Advance(written);
            else Retry("write to", _writing, NativeMethods.PollOut);
        }

        return ValueTask.CompletedTask;
    }

    public unsafe ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        while (!_shutDown)
        {
            if (_reading is null) throw Failure("read from", NativeMethods.BadDescriptor);
            nint read;
            fixed (byte* first = buffer.Span) read = NativeMethods.Read(_reading, first, buffer.Length);
            if (read >= 0) return new ValueTask<int>((int)read);
            Retry("read from", _reading, NativeMethods.PollIn);
        }

        return new ValueTask<int>(0);
    }

    public ValueTask<bool> WaitForHangUpAsync(TimeSpan timeout) => new(false);

    public bool HasUnread => false;

    public ValueTask FinishAsync() => ValueTask.CompletedTask;

    public void Shutdown()
    {
        _shutDown = true;
        try
        {
            NativeMethods.SignalEvent(_wake);
        }
        catch (ObjectDisposedException)
        {
            // Shut down after the end: nobody waits any more.
        }
    }

    public void Dispose()
    {
        _reading?.Dispose();
        _writing?.Dispose();
        _owner?.Dispose();
        _wake.Dispose();
    }

    private void Retry(string what, SafeHandle handle, short events)
    {
        int error = Marshal.GetLastPInvokeError();
        if (error == NativeMethods.WouldBlock) NativeMethods.Poll(handle, events, _wake);
        else if (error != NativeMethods.Interrupted) throw Failure(what, error);
    }

    private void ThrowIfShutDown(string what)
    {
        if (_shutDown) throw Failure(what, NativeMethods.BrokenPipe);
    }

    private ChannelException Failure(string what, int error) =>
        new($"Unable to {what} {_kind}: {Marshal.GetPInvokeErrorMessage(error)}");
}
