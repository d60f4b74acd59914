using Qmp.Migration.Channels;
using Qmp.Migration.Channels.Tls;
using Qmp.Types;

namespace Qmp.Migration.Source;

/// <summary>Makes an attempt's connections usable: they belong to it before a handshake begins, so that they are cut with it.</summary>
internal sealed class SourceConnections(SourceAttempt attempt)
{
    /// <summary>Connects.</summary>
    /// <returns>The channel; <see langword="null"/> if the attempt is over.</returns>
    /// <exception cref="ChannelException">It cannot be connected, or the peer is not who it must be.</exception>
    public async ValueTask<IMigrationChannel?> OpenAsync(ChannelRole role, int number = 0) =>
        await TakeAsync(await attempt.Connector.ConnectAsync(attempt.Address, attempt.Connecting), attempt.Address, role, number);

    /// <summary>Takes a connection.</summary>
    /// <inheritdoc cref="OpenAsync"/>
    public async ValueTask<IMigrationChannel?> TakeAsync(
        IMigrationChannel connection, MigrationAddress address, ChannelRole role = ChannelRole.Main, int number = 0)
    {
        IMigrationChannel channel;
        try
        {
            channel = TlsOutgoing.Wrap(connection, address, attempt.Options);
        }
        catch (ChannelException)
        {
            attempt.Channels.TryAdd(connection, role, number);
            throw;
        }

        if (!attempt.Channels.TryAdd(channel, role, number)) return null;
        if (channel is not TlsChannel tls) return channel;
        await tls.HandshakeAsync();
        attempt.Logger.Information("tls_handshake_complete {Session:l}", tls.Description);
        return channel;
    }
}
