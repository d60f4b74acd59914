using System.Collections.Concurrent;
using Qmp.Emulator.Logging;
using Qmp.Server.Dispatch;
using Qmp.Tls;
using Qmp.Tls.Authorization;
using Qmp.Tls.Credentials;
using Qmp.Tls.Objects;
using Qmp.Types;
using Serilog;

namespace Qmp.Emulator.Machines;

/// <summary>The objects that TLS is made of, by id, and the ids of all others. May be used from any thread.</summary>
/// <param name="clock">Tells whether certificates are valid.</param>
/// <param name="logger">Gets the names of files with keys that others can read.</param>
public sealed class TlsObjects(TimeProvider clock, ILogger logger) : ITlsObjects
{
    private static readonly object Other = new();

    private readonly ILogger _warnings = StandardErrorLine.ForLogOnly(logger);

    private readonly ConcurrentDictionary<string, object> _objects = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public TlsCredentials Credentials(string id, TlsEndpoint endpoint)
    {
        if (!_objects.TryGetValue(id, out object? found)) throw new TlsException($"No TLS credentials with id '{id}'");
        (TlsEndpoint made, TlsCredentials? credentials) = found switch
        {
            TlsCredentials c => (c.Endpoint, c),
            CipherSuites s => (s.Endpoint, null),
            _ => throw new TlsException($"Object with id '{id}' is not TLS credentials"),
        };
        if (made != endpoint) throw new TlsException($"Expected TLS credentials for a {(endpoint == TlsEndpoint.Client ? "client" : "server")} endpoint");
        return credentials ?? throw new TlsException("Unsupported TLS credentials type tls-cipher-suites");
    }

    /// <inheritdoc/>
    public TlsAuthorization Authorization(string id) => _objects.TryGetValue(id, out object? found)
        ? found as TlsAuthorization ?? throw new TlsException($"Object '{id}' is not a QAuthZ subclass")
        : throw new TlsException($"Cannot find QAuthZ object ID {id}");

    /// <summary>Makes an object, if it is one of TLS.</summary>
    /// <param name="asked">What is asked for.</param>
    /// <param name="secret">Finds the value of a secret.</param>
    /// <exception cref="CommandException">It cannot be made.</exception>
    internal void Make(ObjectOptions asked, Func<string, byte[]> secret)
    {
        try
        {
            if (Create(asked, secret) is not { } made) return;
            if (made is TlsCredentials credentials)
            {
                foreach (string path in credentials.ReadableByOthers) _warnings.Warning("tls_creds_readable_by_others {Path:l}", path);
            }

            if (!_objects.TryAdd(asked.Id, made)) (made as IDisposable)?.Dispose();
        }
        catch (TlsException e)
        {
            throw new CommandException(e.Message);
        }
    }

    /// <summary>Notes that there is an object.</summary>
    internal void Note(string id) => _objects.TryAdd(id, Other);

    /// <summary>The object is not found any more. What uses it goes on, and keeps it, as in QEMU.</summary>
    internal void Remove(string id) => _objects.TryRemove(id, out _);

    /// <summary>All are gone.</summary>
    internal void Clear()
    {
        foreach (string id in _objects.Keys)
        {
            if (_objects.TryRemove(id, out object? found)) (found as IDisposable)?.Dispose();
        }
    }

    private object? Create(ObjectOptions asked, Func<string, byte[]> secret) => asked switch
    {
        ObjectOptions.TlsCredsX509 { Value: var x } => X509Credentials.Create(new X509Options
        {
            Endpoint = End(x.Endpoint),
            Folder = x.Dir,
            VerifiesPeer = x.VerifyPeer != false,
            IsChecked = x.SanityCheck != false,
            Priority = Given(x.Priority),
            Password = Given(x.Passwordid) is { } id ? () => secret(id) : null,
            Time = clock,
        }),
        ObjectOptions.TlsCredsPsk { Value: var p } => PskCredentials.Create(End(p.Endpoint), p.Dir, p.Username, Given(p.Priority)),
        ObjectOptions.TlsCredsAnon { Value: var a } => AnonymousCredentials.Create(End(a.Endpoint), a.Dir, Given(a.Priority)),
        ObjectOptions.TlsCipherSuites { Value: var s } => s.Priority is null
            ? throw new TlsException("'priority' property is not set")
            : new CipherSuites(End(s.Endpoint)),
        ObjectOptions.AuthzSimple { Value: var s } => new SimpleAuthorization(s.Identity),
        ObjectOptions.AuthzList { Value: var l } => new ListAuthorization(
            [.. (l.Rules ?? []).Select(r => new AuthorizationRule(r.Match, r.Format == QAuthZListFormat.Glob, r.Policy == QAuthZListPolicy.Allow))],
            l.Policy == QAuthZListPolicy.Allow),
        _ => null,
    };

    private static TlsEndpoint End(QCryptoTLSCredsEndpoint? endpoint) =>
        endpoint == QCryptoTLSCredsEndpoint.Server ? TlsEndpoint.Server : TlsEndpoint.Client;

    // QEMU takes an empty text for none.
    private static string? Given(string? text) => text is { Length: > 0 } ? text : null;

    /// <summary>What firmware is told; no connection is made of it.</summary>
    private sealed record CipherSuites(TlsEndpoint Endpoint);
}
