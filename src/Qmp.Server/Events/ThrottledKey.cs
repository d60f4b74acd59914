namespace Qmp.Server.Events;

/// <summary>
/// The state of one throttled event and key, from the first event until an interval passes without any.
/// </summary>
internal sealed class ThrottledKey
{
    /// <summary>How long it waits.</summary>
    public required TimeSpan Interval { get; init; }

    /// <summary>The latest event that was held back; sent, with its own stamp, when the interval is over.</summary>
    public RaisedEvent? Held { get; set; }

    /// <summary>Runs while the interval does.</summary>
    public ITimer? Timer { get; set; }
}
