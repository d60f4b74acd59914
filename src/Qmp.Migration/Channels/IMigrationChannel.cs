using Qmp.Linux;

namespace Qmp.Migration.Channels;

/// <summary>
/// One byte stream between a source and a destination, both ways if it is a connection; a port of the migration core.
/// </summary>
/// <remarks>
/// At most one write and one read are under way at a time, from any two activities. On a real channel both block the
/// calling thread and return completed tasks.
/// </remarks>
public interface IMigrationChannel : IDisposable
{
    /// <summary>Writes all bytes of all pieces.</summary>
    /// <exception cref="ChannelException">The peer is gone or the channel was shut down.</exception>
    ValueTask WriteAsync(ReadOnlyMemory<IoVector> pieces);

    /// <summary>Reads at least one byte, and at most as many as fit.</summary>
    /// <returns>How many were read; 0 at the end.</returns>
    /// <exception cref="ChannelException">The connection broke.</exception>
    ValueTask<int> ReadAsync(Memory<byte> buffer);

    /// <summary>Reads at least one byte into pieces of memory, and at most as many as fit.</summary>
    /// <returns>How many were read; 0 at the end.</returns>
    /// <exception cref="ChannelException">The connection broke.</exception>
    async ValueTask<int> ReadAsync(ReadOnlyMemory<IoVector> pieces)
    {
        using var first = new PieceMemory(pieces.Span[0]);
        return await ReadAsync(first.Memory);
    }

    /// <summary>Waits for the peer to hang up.</summary>
    /// <returns>Whether it did; otherwise the time was up. Channels without a peer that could never do.</returns>
    ValueTask<bool> WaitForHangUpAsync(TimeSpan timeout);

    /// <summary>Whether the peer is known to have bytes before it that it has not read.</summary>
    bool HasUnread { get; }

    /// <summary>Whether the peer is connected to it, so that what it sends first can be looked at before it is read.</summary>
    bool IsConnection { get; }

    /// <summary>
    /// Whether what is behind the channel has only been started: it takes what comes first, whatever it does with it.
    /// </summary>
    bool IsStarting { get; }

    /// <summary>
    /// Tells the peer that nothing more will be written, where the channel has a word for that besides its end. Does not wait
    /// for an answer, and fails silently.
    /// </summary>
    ValueTask EndStreamAsync() => ValueTask.CompletedTask;

    /// <summary>
    /// Ends the stream that was written, and waits until its reader is done where that can be known: a command has
    /// ended, a connection is hung up on, which is waited for a moment only. Other channels have nothing to wait for.
    /// </summary>
    /// <exception cref="ChannelException">The channel was shut down meanwhile.</exception>
    ValueTask FinishAsync();

    /// <summary>
    /// Ends both directions for both ends, and wakes those who read or write here. May be called from anywhere, more
    /// than once. Channels that cannot do it (pipes, files) leave their peer to notice the close.
    /// </summary>
    void Shutdown();
}
