using System.Text;
using Qmp.Tls.GnuTls;

namespace Qmp.Tls.Credentials;

/// <summary>A key that both ends have: lines of <c>USER:KEY</c> in <c>keys.psk</c>, the key in hexadecimal digits.</summary>
public sealed class PskCredentials : TlsCredentials
{
    private const string DefaultUser = "qemu";

    private PskCredentials(CredentialsHandle handle, TlsEndpoint endpoint, string? priority, IReadOnlyList<string> readableByOthers)
        : base(handle, endpoint, priority, readableByOthers)
    {
    }

    private protected override string FurtherPriority => ":+ECDHE-PSK:+DHE-PSK:+PSK";

    /// <summary>Makes them. A server looks into the file at each session, a client here.</summary>
    /// <param name="endpoint">Which end they are for.</param>
    /// <param name="folder">Where <c>keys.psk</c> is, and a server's <c>dh-params.pem</c> may be.</param>
    /// <param name="user">Who a client says that it is; a server has none.</param>
    /// <param name="priority">GnuTLS's string of priorities, if not the usual one.</param>
    /// <exception cref="TlsException">A file cannot be read, has no such user or a bad key, or there is no GnuTLS.</exception>
    public static PskCredentials Create(TlsEndpoint endpoint, string? folder, string? user, string? priority) =>
        Create(endpoint, folder, user, priority, SensitiveBytes.Read);

    /// <param name="endpoint">As above.</param>
    /// <param name="folder">As above.</param>
    /// <param name="user">As above.</param>
    /// <param name="priority">As above.</param>
    /// <param name="read">Reads a file with keys.</param>
    internal static PskCredentials Create(
        TlsEndpoint endpoint, string? folder, string? user, string? priority, Func<string, SensitiveBytes> read)
    {
        GnuTlsLibrary.Require();
        var files = new CredentialFiles(folder);
        bool isServer = endpoint == TlsEndpoint.Server;
        if (isServer && user is not null) throw new TlsException("username should not be set when endpoint=server");
        string? group = isServer ? files.Find(CredentialFiles.Group) : null;
        string keys = files.Require(CredentialFiles.Keys);
        files.NoteKey(keys);
        CredentialsHandle handle = CredentialsHandle.Keys(endpoint);
        try
        {
            if (isServer) PrepareServer(handle, keys, group);
            else PrepareClient(handle, keys, user ?? DefaultUser, read);
            return new PskCredentials(handle, endpoint, priority, files.ReadableByOthers);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private static void PrepareServer(CredentialsHandle handle, string keys, string? group)
    {
        int error = GnuTlsFunctions.SetServerKeys(handle, keys);
        if (error < 0) throw new TlsException($"Cannot set PSK server credentials: {GnuTlsErrors.Text(error)}");
        DiffieHellmanGroup.Give(handle, group, GnuTlsFunctions.SetKeyGroup, GnuTlsFunctions.SetKnownKeyGroup);
    }

    private static unsafe void PrepareClient(CredentialsHandle handle, string path, string user, Func<string, SensitiveBytes> read)
    {
        using SensitiveBytes text = Read(path, read);
        ReadOnlySpan<byte> key = Find(text.Span, Encoding.UTF8.GetBytes(user + ":"));
        if (key.IsEmpty) throw new TlsException($"Username {user} not found in PSK file {path}");
        fixed (byte* first = key)
        {
            var data = new Datum(first, key.Length);
            int error = GnuTlsFunctions.SetClientKey(handle, user, &data, 1); // GNUTLS_PSK_KEY_HEX
            if (error < 0) throw new TlsException($"Cannot set PSK client credentials: {GnuTlsErrors.Text(error)}");
        }
    }

    private static SensitiveBytes Read(string path, Func<string, SensitiveBytes> read)
    {
        try
        {
            return read(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TlsException($"Cannot read PSK file {path}: {CredentialFiles.Reason(path, e)}");
        }
    }

    // What is behind the name on its line.
    private static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name)
    {
        foreach (Range range in text.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = text[range];
            if (line.StartsWith(name)) return line[name.Length..];
        }

        return default;
    }
}
