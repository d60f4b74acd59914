namespace Qmp.Server.Sessions;

/// <summary>A monitor as its server sees it.</summary>
public interface IMonitor
{
    /// <summary>Its name.</summary>
    string Id { get; }

    /// <summary>Whether a client is being served.</summary>
    bool IsConnected { get; }

    /// <summary>Ends when the first client has connected, or when none will.</summary>
    Task FirstClient { get; }

    /// <summary>Drops the current client at once; the next one is accepted.</summary>
    void Disconnect();
}
