namespace Qmp.Migration.Channels.Posix;

/// <summary>Writes memory to a socket from where it is: one <see cref="InPlaceMethod"/>. Calls block the thread.</summary>
internal interface IInPlaceWriter : IDisposable
{
    /// <inheritdoc cref="IInPlaceChannel.WriteInPlaceAsync"/>
    void Write(ref PieceList pieces);

    /// <inheritdoc cref="IInPlaceChannel.SettleAsync"/>
    bool Settle();
}
