namespace Qmp.Server.Dispatch;

/// <summary>What a command may know of, and do to, the session that asked for it.</summary>
public interface IMonitorSession
{
    /// <summary>Identifies the monitor, such as <c>compat_monitor0</c>.</summary>
    string MonitorId { get; }

    /// <summary>
    /// Objects that command implementations keep per session; guarded by the queue that runs commands.
    /// </summary>
    IDictionary<Type, object> Items { get; }

    /// <summary>Ends capabilities negotiation.</summary>
    /// <param name="outOfBand">Whether the client enabled <c>oob</c>.</param>
    void CompleteNegotiation(bool outOfBand);

    /// <summary>Takes the descriptor that the client passed along with its last bytes.</summary>
    /// <returns>The descriptor, now owned by the caller, or -1.</returns>
    int TakeDescriptor();
}
