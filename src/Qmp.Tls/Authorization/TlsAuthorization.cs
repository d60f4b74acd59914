namespace Qmp.Tls.Authorization;

/// <summary>Decides by their names which peers are let in: QEMU's <c>authz-…</c>.</summary>
public abstract class TlsAuthorization
{
    /// <summary>Whether that peer is let in.</summary>
    /// <param name="identity">The name in its certificate, as in <c>C=UK,O=ACME,CN=client</c>.</param>
    public abstract bool Allows(string identity);
}
