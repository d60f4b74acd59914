using Qmp.Migration.Rules;
using Qmp.Migration.Status;
using Qmp.Types;

namespace Qmp.Migration.Channels;

/// <summary>Reads migration URIs such as <c>unix:/path</c> and <c>tcp:host:port</c>. Texts are QEMU's.</summary>
public static class MigrationUri
{
    private const string OffsetOption = ",offset=";

    /// <summary>The address that a URI names.</summary>
    /// <param name="uri">The URI.</param>
    /// <param name="rules">The release of QEMU that reads it; without them, 10.0.</param>
    /// <exception cref="MigrationException">It names none.</exception>
    public static MigrationAddress Parse(string uri, MigrationRules? rules = null)
    {
        rules ??= MigrationRules.Default;
        if (Strip(uri, "exec:") is { } command)
        {
            return new MigrationAddress.Exec
            {
                Value = new MigrationExecCommand { Args = ["/bin/sh", "-c", command] },
            };
        }

        if (Strip(uri, "tcp:") is { } tcp)
        {
            return Socket(new SocketAddress.Inet { Value = InetAddressParser.Parse(tcp, rules) });
        }

        if (Strip(uri, "unix:") is { } path)
        {
            if (path.Length == 0) throw new MigrationException("invalid Unix socket address");
            return Socket(new SocketAddress.Unix { Value = new UnixSocketAddress { Path = path } });
        }

        if (Strip(uri, "vsock:") is { } vsock) return Socket(ParseVsock(vsock));
        if (Strip(uri, "fd:") is { } name)
        {
            if (name.Length == 0) throw new MigrationException("invalid file descriptor address");
            return Socket(new SocketAddress.Fd { Value = new FdSocketAddress { Str = name } });
        }

        if (Strip(uri, "rdma:") is { } rdma)
        {
            return new MigrationAddress.Rdma { Value = InetAddressParser.Parse(rdma, rules) };
        }

        if (Strip(uri, "file:") is { } file) return new MigrationAddress.File { Value = ParseFile(file) };
        throw new MigrationException($"unknown migration protocol: {uri}");
    }

    private static SocketAddress.Vsock ParseVsock(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || colon == text.Length - 1) throw new MigrationException($"error parsing address '{text}'");
        return new SocketAddress.Vsock
        {
            Value = new VsockSocketAddress { Cid = text[..colon], Port = text[(colon + 1)..] },
        };
    }

    // A comma without offset= belongs to the name.
    private static FileMigrationArgs ParseFile(string text)
    {
        int option = text.IndexOf(OffsetOption, StringComparison.Ordinal);
        if (option < 0) return new FileMigrationArgs { Filename = text, Offset = 0 };
        string offset = text[(option + OffsetOption.Length)..];
        return new FileMigrationArgs { Filename = text[..option], Offset = ParseOffset(offset) };
    }

    private static ulong ParseOffset(string text) => SizeText.Parse(text, out ulong offset) switch
    {
        SizeText.Outcome.Size => offset,
        SizeText.Outcome.OutOfRange =>
            throw new MigrationException($"file URI has bad offset {text}: Numerical result out of range"),
        _ => throw new MigrationException($"file URI has bad offset {text}: Invalid argument"),
    };

    private static string? Strip(string uri, string protocol) =>
        uri.StartsWith(protocol, StringComparison.Ordinal) ? uri[protocol.Length..] : null;

    private static MigrationAddress.Socket Socket(SocketAddress address) => new() { Value = address };
}
