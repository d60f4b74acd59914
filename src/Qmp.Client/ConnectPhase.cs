namespace Qmp.Client;

/// <summary>What it takes to open a session, in order.</summary>
public enum ConnectPhase
{
    /// <summary>Reaching the server.</summary>
    Connecting,

    /// <summary>Waiting for the greeting. A monitor that serves another client accepts the connection and stays silent.</summary>
    Greeting,

    /// <summary>Ending capabilities negotiation.</summary>
    Negotiation,
}
