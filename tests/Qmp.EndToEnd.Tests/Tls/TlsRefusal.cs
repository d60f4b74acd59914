using Newtonsoft.Json.Linq;
using Qmp.Interop.Matrix;

namespace Qmp.EndToEnd.Tests.Tls;

/// <summary>A migration over TLS that comes to nothing, and how two QEMU 10.0.2 say so.</summary>
/// <param name="Name">What is wrong.</param>
/// <param name="Reason">The source's <c>error-desc</c>; <see cref="Cut"/> or <see cref="Left"/> where it depends on who is faster.</param>
/// <param name="Complaints">What the destination prints.</param>
/// <param name="IsFatal">Whether the destination exits with 1; otherwise it waits on.</param>
internal sealed record TlsRefusal(string Name, string Reason, string[] Complaints, bool IsFatal)
{
    /// <summary>The destination has closed the connection.</summary>
    public const string Cut = "(cut)";

    /// <summary>The destination has closed the connection in a handshake.</summary>
    public const string Left = "(left)";

    private const string Ended = "TLS handshake failed: The TLS connection was non-properly terminated.";
    private static readonly string[] NoStream = ["Not a migration stream", "load of migration failed: Invalid argument"];

    /// <summary>The source's object; without one it speaks no TLS.</summary>
    public Func<TlsFolders, JObject?> Client { get; init; } = f => TlsFolders.Certificates("client", f.Client);

    /// <summary>The destination's object; without one it speaks no TLS.</summary>
    public Func<TlsFolders, JObject?> Server { get; init; } = f => TlsFolders.Certificates("server", f.Server);

    /// <summary>What <c>tls-creds</c> of both names.</summary>
    public string Id { get; init; } = TlsFolders.Id;

    /// <summary>The source's <c>tls-hostname</c>.</summary>
    public string? HostName { get; init; }

    /// <summary>The destination's <c>tls-authz</c>.</summary>
    public string? Authorization { get; init; }

    /// <summary>How it gets there.</summary>
    public Route Route { get; init; } = Route.Tcp;

    /// <summary>Whether there are further channels.</summary>
    public bool HasChannels { get; init; }

    /// <summary>All of them.</summary>
    public static IEnumerable<TlsRefusal> All() =>
    [
        new("no host name over unix", "No hostname for certificate validation", NoStream, true) { Route = Route.Unix },
        new("wrong host", "Certificate does not match the hostname example.org", NoStream, true) { HostName = "example.org" },
        new("wrong host, multifd", "Certificate does not match the hostname example.org", [], false) { HostName = "example.org", HasChannels = true },
        new("unknown issuer", "The certificate hasn't got a known issuer", NoStream, true) { Client = f => TlsFolders.Unchecked("client", f.Doubter) },
        new("server expired", "The certificate is not trusted", NoStream, true) { Server = f => TlsFolders.Unchecked("server", f.ExpiredServer) },
        new("client expired", Cut, ["The certificate is not trusted"], false) { Client = f => TlsFolders.Unchecked("client", f.ExpiredClient) },
        new("server not yet valid", "The certificate is not trusted", NoStream, true) { Server = f => TlsFolders.Unchecked("server", f.EarlyServer) },
        new("client not yet valid", Cut, ["The certificate is not trusted"], false) { Client = f => TlsFolders.Unchecked("client", f.EarlyClient) },
        new("client revoked", Cut, ["The certificate has been revoked"], false) { Server = f => TlsFolders.Certificates("server", f.Strict) },
        new("no client certificate", Cut, ["Verify failed: No certificate was found."], false)
        {
            Client = f => TlsFolders.Certificates("client", f.Nobody),
        },
        new("not authorised", Cut, ["TLS x509 authz check for CN=client is denied"], false) { Authorization = "other" },
        new("no such authorization", Cut, ["Cannot find QAuthZ object ID nobody"], false) { Authorization = "nobody" },
        new("wrong key", Ended, ["TLS handshake failed: An illegal parameter has been received."], false)
        {
            Client = f => TlsFolders.CommonKey("client", f.Keys), Server = f => TlsFolders.CommonKey("server", f.OtherKeys),
        },
        new("plain to tls", Cut, ["TLS handshake failed: An unexpected TLS packet was received."], false) { Client = _ => null },
        new("tls to plain", Left, NoStream, true) { Server = _ => null },
        new("no such credentials", "No TLS credentials with id 'nobody'", ["No TLS credentials with id 'nobody'"], true) { Id = "nobody" },
        new("client's credentials for the server", Left, ["Expected TLS credentials for a server endpoint"], true)
        {
            Server = f => TlsFolders.Certificates("client", f.Client),
        },
        new("server's credentials for the client", "Expected TLS credentials for a client endpoint", [Ended], false)
        {
            Client = f => TlsFolders.Certificates("server", f.Server),
        },
        new("bad priority", "Cannot set default TLS session priority FOO: The request is invalid.", [Ended], false)
        {
            Client = f => new JObject(TlsFolders.Certificates("client", f.Client)) { ["priority"] = "FOO" },
        },
    ];

    /// <summary>Whether the source may say that.</summary>
    public bool Fits(string? reason) => Reason switch
    {
        Cut => reason is "Unable to write to socket: Broken pipe" or "Unable to write to socket: Connection reset by peer",
        Left => reason is Ended or "TLS handshake failed: Error in the pull function.: Unable to read from socket: Connection reset by peer",
        _ => reason == Reason,
    };

    /// <inheritdoc/>
    public override string ToString() => Name;
}
