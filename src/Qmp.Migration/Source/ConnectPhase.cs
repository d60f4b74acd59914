using Qmp.Migration.Channels;
using Qmp.Types;

namespace Qmp.Migration.Source;

/// <summary>Connects to the destination.</summary>
/// <param name="attempt">The attempt.</param>
/// <param name="opened">What could be opened at once instead.</param>
internal sealed class ConnectPhase(SourceAttempt attempt, IMigrationChannel? opened) : SourcePhase
{
    public override async ValueTask<SourcePhase?> RunAsync()
    {
        IMigrationChannel channel = await ConnectAsync();
        if (await new SourceConnections(attempt).TakeAsync(channel, attempt.Address) is null) return null; // cancelled while connecting
        attempt.Logger.Debug("migration_set_outgoing_channel main");
        await attempt.AtAsync(FaultPoint.ConnectDone);
        return attempt.Options.Has(MigrationCapability.Multifd) ? new MultifdConnectPhase(attempt)
            : new SetupPhase(attempt);
    }

    private async ValueTask<IMigrationChannel> ConnectAsync()
    {
        try
        {
            await attempt.AtAsync(FaultPoint.Connect);
            if (opened is not null) return opened;
            IMigrationChannel channel = await attempt.Connector.ConnectAsync(attempt.Address, attempt.Connecting);
            if (!attempt.Options.Has(MigrationCapability.ZeroCopySend) || channel is IInPlaceChannel inPlace && inPlace.TryEnableInPlace(InPlaceMethod.ZeroCopy))
            {
                return channel;
            }

            channel.Dispose();
            throw new ChannelException("Zero copy send feature not detected in host kernel");
        }
        catch (OperationCanceledException) when (attempt.Address is MigrationAddress.Socket { Value: SocketAddress.Unix })
        {
            // The destination is to learn of it, as from QEMU, whose connection is under way by then; on this host it takes no time.
            return await attempt.Connector.ConnectAsync(attempt.Address, CancellationToken.None);
        }
        catch
        {
            opened?.Dispose();
            throw;
        }
    }
}
