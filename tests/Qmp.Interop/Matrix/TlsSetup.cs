using Newtonsoft.Json.Linq;
using Qmp.Interop.Emulators;
using Qmp.TestSupport;
using Qmp.Types;

namespace Qmp.Interop.Matrix;

/// <summary>Gives the ends of a migration their TLS credentials, in QEMU's files and objects.</summary>
internal sealed class TlsSetup
{
    /// <summary>A name that the server's certificate bears.</summary>
    public const string HostName = "qemu.org";

    private const string Id = "tls0";

    private readonly TlsKind _kind;
    private readonly string _server;
    private readonly string _client;

    /// <param name="kind">The kind.</param>
    /// <param name="folder">Where files may be made.</param>
    public TlsSetup(TlsKind kind, TemporaryFolder folder)
    {
        _kind = kind;
        _server = folder.File("tls-server");
        _client = folder.File("tls-client");
        if (kind == TlsKind.CommonKey)
        {
            TlsAuthority.WriteKeys(_server);
            TlsAuthority.WriteKeys(_client);
        }
        else if (kind == TlsKind.Certificates)
        {
            var authority = new TlsAuthority();
            authority.WriteServer(_server, ["127.0.0.1", HostName]);
            authority.WriteClient(_client);
        }
    }

    /// <summary>Gives one end what it needs.</summary>
    /// <param name="emulator">The end.</param>
    /// <param name="isSource">Whether it is the source, which is the client.</param>
    public async Task ApplyAsync(EmulatorProcess emulator, bool isSource)
    {
        if (_kind == TlsKind.None) return;
        JObject made = new()
        {
            ["qom-type"] = _kind switch
            {
                TlsKind.Certificates => "tls-creds-x509",
                TlsKind.CommonKey => "tls-creds-psk",
                _ => "tls-creds-anon",
            },
            ["id"] = Id,
            ["endpoint"] = isSource ? "client" : "server",
        };
        if (_kind != TlsKind.Anonymous) made["dir"] = isSource ? _client : _server;
        await emulator.Monitor.ExecuteRawAsync("object-add", made).ConfigureAwait(false);
        await emulator.Migration.MigrateSetParametersAsync(new()
        {
            TlsCreds = new StrOrNull.S(Id),
            TlsHostname = isSource && _kind == TlsKind.Certificates ? new StrOrNull.S(HostName) : null,
        }).ConfigureAwait(false);
    }
}
