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
        ExpiredServer = authority.WriteServer(folder.File("expired-server"), ["127.0.0.1"], isExpired: true);
        Client = authority.WriteClient(folder.File("client"));
        ExpiredClient = authority.WriteClient(folder.File("expired-client"), isExpired: true);
        Nobody = authority.WriteClient(folder.File("nobody"), subject: null);
        Doubter = authority.WriteClient(folder.File("doubter"), trusted: other);
        Keys = TlsAuthority.WriteKeys(folder.File("keys"));
        OtherKeys = TlsAuthority.WriteKeys(folder.File("other-keys"), "qemu:fedcba9876543210");
    }

    public string Server { get; }

    public string ExpiredServer { get; }

    public string Client { get; }

    public string ExpiredClient { get; }

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
