namespace Qmp.Server.Events;

/// <summary>Limits how often an event is sent.</summary>
/// <param name="EventName">The event's wire name.</param>
/// <param name="Interval">Least time between two events with the same key.</param>
/// <param name="Key">
/// Tells from the event's data which events are limited together; all of them where this is <see langword="null"/>.
/// </param>
public sealed record EventThrottle(string EventName, TimeSpan Interval, Func<object, string?>? Key = null);
