namespace Qmp.Tls;

/// <summary>Which end of a connection credentials are for.</summary>
public enum TlsEndpoint
{
    /// <summary>The end that connects.</summary>
    Client,

    /// <summary>The end that listens.</summary>
    Server,
}
