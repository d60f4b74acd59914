using Qmp.Tls.Authorization;
using Qmp.Tls.Credentials;

namespace Qmp.Tls.Sessions;

/// <summary>What a session is made of.</summary>
/// <param name="Credentials">Of this end.</param>
public sealed record TlsSessionOptions(TlsCredentials Credentials)
{
    /// <summary>The name that a server's certificate must bear; only clients have one.</summary>
    public string? HostName { get; init; }

    /// <summary>Finds what decides whether the peer is let in, when its name is known; only servers have one.</summary>
    public Func<TlsAuthorization>? Authorization { get; init; }
}
