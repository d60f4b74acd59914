namespace Qmp.Tls.Credentials;

/// <summary>What <c>tls-creds-x509</c> is given.</summary>
public sealed record X509Options
{
    /// <summary>Which end they are for.</summary>
    public TlsEndpoint Endpoint { get; init; }

    /// <summary>Where the files are.</summary>
    public string? Folder { get; init; }

    /// <summary>Whether the peer must prove who it is.</summary>
    public bool VerifiesPeer { get; init; } = true;

    /// <summary>Whether the own certificates are checked when the credentials are made.</summary>
    public bool IsChecked { get; init; } = true;

    /// <summary>Tells whether they are valid when they are checked.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>GnuTLS's string of priorities, if not the usual one.</summary>
    public string? Priority { get; init; }

    /// <summary>What the private key is enciphered with: asked for once, where there is a key; zeroed after use.</summary>
    public Func<byte[]>? Password { get; init; }
}
