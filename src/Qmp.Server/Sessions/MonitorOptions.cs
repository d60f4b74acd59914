using Qmp.Protocol.Transport;

namespace Qmp.Server.Sessions;

/// <summary>One monitor: a place where one client at a time can talk to the server.</summary>
public sealed record MonitorOptions
{
    /// <summary>Identifies the monitor, such as <c>compat_monitor0</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Where clients come from: a listener, a connector, or one connection; disposed with the server.</summary>
    public required IConnectionSource Connections { get; init; }

    /// <summary>Whether output is indented for people (<c>pretty=on</c>).</summary>
    public bool Pretty { get; init; }

    /// <summary>Whether the greeting offers <c>oob</c>.</summary>
    public bool OffersOutOfBand { get; init; } = true;
}
