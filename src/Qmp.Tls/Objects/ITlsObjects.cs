using Qmp.Tls.Authorization;
using Qmp.Tls.Credentials;

namespace Qmp.Tls.Objects;

/// <summary>Finds what connections name when they begin: a port of whoever speaks TLS. May be used from any thread.</summary>
public interface ITlsObjects
{
    /// <summary>The credentials of that id.</summary>
    /// <param name="id">Their id.</param>
    /// <param name="endpoint">Which end they must be for.</param>
    /// <exception cref="TlsException">There are none, or they are for the other end.</exception>
    TlsCredentials Credentials(string id, TlsEndpoint endpoint);

    /// <summary>What decides which clients are let in.</summary>
    /// <param name="id">Its id.</param>
    /// <exception cref="TlsException">There is none.</exception>
    TlsAuthorization Authorization(string id);
}
