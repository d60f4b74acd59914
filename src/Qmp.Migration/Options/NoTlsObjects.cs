using Qmp.Tls;
using Qmp.Tls.Authorization;
using Qmp.Tls.Credentials;
using Qmp.Tls.Objects;

namespace Qmp.Migration.Options;

/// <summary>The objects of a machine that has none.</summary>
internal sealed class NoTlsObjects : ITlsObjects
{
    /// <summary>It.</summary>
    public static NoTlsObjects Instance { get; } = new();

    public TlsCredentials Credentials(string id, TlsEndpoint endpoint) => throw new TlsException($"No TLS credentials with id '{id}'");

    public TlsAuthorization Authorization(string id) => throw new TlsException($"Cannot find QAuthZ object ID {id}");
}
