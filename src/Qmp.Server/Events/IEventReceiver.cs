namespace Qmp.Server.Events;

/// <summary>A session as the event bus sees it.</summary>
internal interface IEventReceiver
{
    /// <summary>Which of the two forms of a message it wants.</summary>
    bool IsPretty { get; }

    /// <summary>Takes a message without blocking.</summary>
    void Send(ReadOnlySpan<byte> message);
}
