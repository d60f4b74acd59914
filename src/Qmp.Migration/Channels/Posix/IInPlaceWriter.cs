namespace Qmp.Migration.Channels.Posix;

/// <summary>Writes memory to a socket from where it is: one <see cref="InPlaceMethod"/>. Calls block the thread.</summary>
internal interface IInPlaceWriter : IDisposable
{
    /// <summary>Writes pieces, which may be read after the call has returned. Those that it leaves have to be copied.</summary>
    /// <exception cref="ChannelException">The peer is gone, the channel was shut down, or too little memory may be locked.</exception>
    void Write(ref PieceList pieces);

    /// <inheritdoc cref="IInPlaceChannel.SettleAsync"/>
    bool Settle();
}
