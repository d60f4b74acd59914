using Qmp.Linux;

namespace Qmp.Migration.Channels;

/// <summary>A channel that can carry pieces of which only the length exists, and takes as long for them as for bytes.</summary>
public interface ICountedChannel : IMigrationChannel
{
    /// <summary>How many bytes have been read here.</summary>
    long ReadPosition { get; }

    /// <summary>Writes all bytes of all pieces.</summary>
    /// <param name="pieces">The pieces. Where an address is below 0, the piece is a counted one: -1 for the first, and so on.</param>
    /// <param name="counted">The counted pieces.</param>
    /// <exception cref="ChannelException">The peer is gone or the channel was shut down.</exception>
    ValueTask WriteAsync(ReadOnlyMemory<IoVector> pieces, IReadOnlyList<CountedPiece> counted);

    /// <summary>Takes the next counted piece of which a part has been read. Reading it has left the buffer as it was.</summary>
    /// <param name="position">How many bytes came before it.</param>
    /// <param name="piece">The piece.</param>
    /// <returns>Whether there is one.</returns>
    bool TryTakeCounted(out long position, out CountedPiece piece);
}
