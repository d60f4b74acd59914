using Qmp.Migration.Options;
using Qmp.Tls;
using Qmp.Tls.Credentials;
using Qmp.Tls.Sessions;
using Qmp.Types;

namespace Qmp.Migration.Channels.Tls;

/// <summary>Puts TLS on connections of a source, where its parameters ask for it.</summary>
internal static class TlsOutgoing
{
    /// <summary>The channel to use on top of a connection; its handshake is still to be done.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="address">Where it leads to.</param>
    /// <param name="options">The parameters.</param>
    /// <returns>The channel with TLS, or the connection itself.</returns>
    /// <exception cref="ChannelException">There are no such credentials.</exception>
    public static IMigrationChannel Wrap(IMigrationChannel connection, MigrationAddress address, MigrationOptions options)
    {
        if (options.Parameters.TlsCreds is not { Length: > 0 } id) return connection;
        try
        {
            TlsCredentials credentials = options.Tls.Credentials(id, TlsEndpoint.Client);
            return new TlsChannel(connection, new TlsSessionOptions(credentials) { HostName = HostName(address, options) });
        }
        catch (TlsException e)
        {
            throw new ChannelException(e.Message);
        }
    }

    private static string? HostName(MigrationAddress address, MigrationOptions options) =>
        options.Parameters.TlsHostname is { Length: > 0 } name ? name
        : address is MigrationAddress.Socket { Value: SocketAddress.Inet inet } ? inet.Value.Host
        : null;
}
