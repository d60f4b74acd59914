using Newtonsoft.Json.Linq;

namespace Qmp.EndToEnd.Tests.Tls;

/// <summary>Folders of credentials, good ones and others.</summary>
internal sealed class TlsFolders
{
    /// <summary>The id of the objects that are made of them.</summary>
    public const string Id = "tls0";

    public TlsFolders(TemporaryFolder folder)
    {
        var authority = new TlsAuthority();
        var other = new TlsAuthority("Other CA");
        Server = authority.WriteServer(folder.File("server"), ["127.0.0.1", "localhost", "qemu.org"]);
        ExpiredServer = authority.WriteServer(folder.File("expired-server"), ["127.0.0.1"], TlsFlaw.Expired);
        Client = authority.WriteClient(folder.File("client"));
        ExpiredClient = authority.WriteClient(folder.File("expired-client"), flaw: TlsFlaw.Expired);
        foreach (TlsFlaw flaw in Enum.GetValues<TlsFlaw>())
        {
            authority.WriteServer(folder.File($"{flaw}-server"), ["127.0.0.1"], flaw);
            authority.WriteClient(folder.File($"{flaw}-client"), flaw: flaw);
        }

        EarlyServer = folder.File($"{TlsFlaw.NotYetValid}-server");
        EarlyClient = folder.File($"{TlsFlaw.NotYetValid}-client");
        Strict = authority.WriteServer(folder.File("strict-server"), ["127.0.0.1"]);
        authority.Revoke(Strict, Path.Combine(Client, "client-cert.pem"));
        Nobody = authority.WriteClient(folder.File("nobody"), subject: null);
        Doubter = authority.WriteClient(folder.File("doubter"), trusted: other);
        Keys = TlsAuthority.WriteKeys(folder.File("keys"));
        OtherKeys = TlsAuthority.WriteKeys(folder.File("other-keys"), "qemu:fedcba9876543210");
    }

    public string Server { get; }

    public string ExpiredServer { get; }

    public string Client { get; }

    public string ExpiredClient { get; }

    /// <summary>Of a server whose certificate is not valid yet.</summary>
    public string EarlyServer { get; }

    /// <summary>Of a client whose certificate is not valid yet.</summary>
    public string EarlyClient { get; }

    /// <summary>Of a server for which the client's certificate is revoked.</summary>
    public string Strict { get; }

    /// <summary>Of a client without a certificate.</summary>
    public string Nobody { get; }

    /// <summary>Of a client that trusts another authority.</summary>
    public string Doubter { get; }

    public string Keys { get; }

    public string OtherKeys { get; }

    public static JObject Certificates(string endpoint, string folder) =>
        new() { ["qom-type"] = "tls-creds-x509", ["id"] = Id, ["endpoint"] = endpoint, ["dir"] = folder };

    public static JObject Unchecked(string endpoint, string folder) => new(Certificates(endpoint, folder)) { ["sanity-check"] = false };

    public static JObject CommonKey(string endpoint, string folder) =>
        new() { ["qom-type"] = "tls-creds-psk", ["id"] = Id, ["endpoint"] = endpoint, ["dir"] = folder };
}
