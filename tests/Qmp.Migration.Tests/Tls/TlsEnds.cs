using Qmp.TestSupport;
using Qmp.Tls;
using Qmp.Tls.Authorization;
using Qmp.Tls.Credentials;
using Qmp.Tls.GnuTls;
using Qmp.Tls.Objects;
using Qmp.Tls.Sessions;

namespace Qmp.Migration.Tests.Tls;

/// <summary>Credentials of two ends, made anew for each test.</summary>
internal sealed class TlsEnds : ITlsObjects, IDisposable
{
    public const string Id = "tls0";

    private readonly TemporaryFolder _folder = new();
    private readonly TlsCredentials _client;
    private readonly TlsCredentials _server;

    /// <summary>Makes them; the test is skipped where there is no GnuTLS.</summary>
    public TlsEnds(string kind = "psk")
    {
        if (!GnuTlsLibrary.IsAvailable) Assert.Ignore("there is no GnuTLS");
        ClientFolder = _folder.File("client");
        ServerFolder = _folder.File("server");
        switch (kind)
        {
            case "psk":
                TlsAuthority.WriteKeys(ClientFolder);
                TlsAuthority.WriteKeys(ServerFolder);
                _client = PskCredentials.Create(TlsEndpoint.Client, ClientFolder, null, null);
                _server = PskCredentials.Create(TlsEndpoint.Server, ServerFolder, null, null);
                break;

            case "x509":
                var authority = new TlsAuthority();
                authority.WriteServer(ServerFolder, [HostName]);
                authority.WriteClient(ClientFolder);
                _client = X509Credentials.Create(Options(TlsEndpoint.Client));
                _server = X509Credentials.Create(Options(TlsEndpoint.Server));
                break;

            default:
                _client = AnonymousCredentials.Create(TlsEndpoint.Client, null, null);
                _server = AnonymousCredentials.Create(TlsEndpoint.Server, null, null);
                break;
        }
    }

    public const string HostName = "qemu.org";

    public string ClientFolder { get; }

    public string ServerFolder { get; }

    public TlsCredentials Credentials(string id, TlsEndpoint endpoint) =>
        id != Id ? throw new TlsException($"No TLS credentials with id '{id}'") : endpoint == TlsEndpoint.Client ? _client : _server;

    public TlsAuthorization Authorization(string id) => throw new TlsException($"Cannot find QAuthZ object ID {id}");

    public X509Options Options(TlsEndpoint endpoint) => new()
    {
        Endpoint = endpoint,
        Folder = endpoint == TlsEndpoint.Client ? ClientFolder : ServerFolder,
        Time = TimeProvider.System,
    };

    /// <summary>A session of the client.</summary>
    public TlsSession Client() => new(new TlsSessionOptions(_client) { HostName = HostName });

    /// <summary>A session of the server.</summary>
    public TlsSession Server() => new(new TlsSessionOptions(_server));

    /// <summary>Hands what one has to send to the other.</summary>
    public static int Carry(TlsSession from, TlsSession to)
    {
        ReadOnlyMemory<byte> bytes = from.TakeOutput();
        Feed(to, bytes.Span);
        return bytes.Length;
    }

    /// <summary>Lets a session receive bytes.</summary>
    public static void Feed(TlsSession session, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            Memory<byte> room = session.Room();
            int count = Math.Min(room.Length, bytes.Length);
            bytes[..count].CopyTo(room.Span);
            session.Received(count);
            bytes = bytes[count..];
        }
    }

    /// <summary>Does a handshake.</summary>
    public static void Connect(TlsSession client, TlsSession server)
    {
        bool isOpen = false;
        bool isServed = false;
        for (int turn = 0; turn < 10 && !(isOpen && isServed); turn++)
        {
            if (!isOpen) isOpen = client.Handshake();
            Carry(client, server);
            if (!isServed) isServed = server.Handshake();
            Carry(server, client);
        }

        Assert.That(isOpen && isServed);
    }

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
        _folder.Dispose();
    }
}
