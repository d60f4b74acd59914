namespace Qmp.Server.Events;

/// <summary>Takes an event in the form in which clients get it.</summary>
/// <param name="message">The whole message, with its line end; good until this returns.</param>
public delegate void EventReceived(ReadOnlySpan<byte> message);
