using Qmp.Linux;

namespace Qmp.Migration.Channels;

/// <summary>A channel that may send memory from where it is, without a copy.</summary>
public interface IInPlaceChannel : IMigrationChannel
{
    /// <summary>Lets it do so.</summary>
    /// <param name="method">How.</param>
    /// <returns>Whether it can.</returns>
    bool TryEnableInPlace(InPlaceMethod method);

    /// <summary>Writes all bytes of all pieces; they may be read after the call has returned.</summary>
    /// <exception cref="ChannelException">The peer is gone, the channel was shut down, or too little memory may be locked.</exception>
    ValueTask WriteInPlaceAsync(ReadOnlyMemory<IoVector> pieces);

    /// <summary>Waits until nothing is read any more of what was written so.</summary>
    /// <returns>Whether all of it was copied that should not have been; <see langword="false"/> if there was nothing.</returns>
    /// <exception cref="ChannelException">The connection broke.</exception>
    ValueTask<bool> SettleAsync();
}
