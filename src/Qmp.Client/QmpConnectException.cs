namespace Qmp.Client;

/// <summary>
/// No session came about. The inner exception has the cause, such as a timeout or a protocol violation.
/// </summary>
public sealed class QmpConnectException : QmpException
{
    /// <summary>Makes one.</summary>
    public QmpConnectException(string endpoint, ConnectPhase phase, string reason, Exception? cause)
        : base($"{endpoint}: {Describe(phase)}: {reason}", cause)
    {
        Endpoint = endpoint;
        Phase = phase;
    }

    /// <summary>The server's address.</summary>
    public string Endpoint { get; }

    /// <summary>How far it came.</summary>
    public ConnectPhase Phase { get; }

    private static string Describe(ConnectPhase phase) => phase switch
    {
        ConnectPhase.Connecting => "cannot connect",
        ConnectPhase.Greeting => "no greeting",
        _ => "capabilities negotiation failed",
    };
}
