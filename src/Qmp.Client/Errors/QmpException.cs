using Qmp.Protocol.Messages;

namespace Qmp.Client;

/// <summary>What can go wrong between a client and its server; the type says which kind it is.</summary>
/// <remarks>
/// <para><see cref="QmpConnectException"/>: no session came about.</para>
/// <para><see cref="QmpDisconnectedException"/>: the session ended.</para>
/// <para><see cref="QmpCommandException"/>: the server refused a command.</para>
/// <para><see cref="QmpTimeoutException"/>: the server did not answer in time.</para>
/// <para><see cref="QmpProtocolException"/>: the server broke the protocol.</para>
/// <para><see cref="QmpUsageException"/>: the caller asked for something that the connection cannot do.</para>
/// </remarks>
public abstract class QmpException : Exception
{
    private protected QmpException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}

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

/// <summary>The connection has ended; a call that waited, or came too late, has no answer.</summary>
public sealed class QmpDisconnectedException : QmpException
{
    /// <summary>Makes one.</summary>
    /// <param name="disconnect">How the connection ended.</param>
    /// <param name="command">The command's wire name; <see langword="null"/> for a wait for events.</param>
    /// <param name="wasSent">Whether the command may have been run.</param>
    public QmpDisconnectedException(QmpDisconnect disconnect, string? command = null, bool wasSent = false)
        : base(Describe(disconnect, command, wasSent), disconnect.Cause)
    {
        Disconnect = disconnect;
        Command = command;
        WasSent = wasSent;
    }

    /// <summary>Who ended the connection, and why.</summary>
    public QmpDisconnect Disconnect { get; }

    /// <inheritdoc cref="QmpDisconnect.Reason"/>
    public DisconnectReason Reason => Disconnect.Reason;

    /// <summary>The command that has no answer; <see langword="null"/> for a wait for events.</summary>
    public string? Command { get; }

    /// <summary>
    /// Whether the command had been sent. If not, it was certainly not run; if so, it may have been. It is never sent
    /// again on its own.
    /// </summary>
    public bool WasSent { get; }

    private static string Describe(QmpDisconnect disconnect, string? command, bool wasSent) => command is null
        ? disconnect.Description
        : $"{command}: {disconnect.Description}; the command {(wasSent ? "may have been run" : "was not sent")}";
}

/// <summary>The peer answered a command with an error. The connection stays usable.</summary>
public sealed class QmpCommandException : QmpException
{
    /// <summary>Makes one for <paramref name="command"/>.</summary>
    public QmpCommandException(string command, QmpError error)
        : base($"{command}: {error.Description} ({error.Class})")
    {
        Command = command;
        Error = error;
    }

    /// <summary>The command's wire name.</summary>
    public string Command { get; }

    /// <summary>Class and description as the peer sent them.</summary>
    public QmpError Error { get; }
}

/// <summary>The server did not answer, or an event did not come, in time. The connection stays usable.</summary>
/// <remarks>A command may have been run all the same; its late reply is dropped.</remarks>
public sealed class QmpTimeoutException : QmpException
{
    /// <summary>Makes one.</summary>
    public QmpTimeoutException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}

/// <summary>The peer broke the protocol, or sent data that do not have the shape the schema says.</summary>
/// <remarks>
/// Thrown by a call, it is about that call's reply only and the connection stays usable. A violation that concerns the
/// connection ends it, and is then the cause in its <see cref="QmpDisconnect"/>.
/// </remarks>
public sealed class QmpProtocolException : QmpException
{
    /// <summary>Makes one.</summary>
    public QmpProtocolException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}

/// <summary>The caller asked for what this connection cannot do. Nothing was sent.</summary>
public sealed class QmpUsageException : QmpException
{
    /// <summary>Makes one.</summary>
    public QmpUsageException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
