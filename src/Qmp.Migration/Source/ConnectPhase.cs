using Qmp.Migration.Channels;
using Qmp.Migration.Status;
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
        if (!attempt.Channels.TryAdd(channel)) return null; // cancelled while connecting
        await attempt.AtAsync(FaultPoint.ConnectDone);

        // No credentials can be made here, so none that are asked for exist.
        return attempt.Options.Parameters.TlsCreds is { Length: > 0 } credentials
            ? throw new MigrationException($"No TLS credentials with id '{credentials}'")
            : attempt.Options.Has(MigrationCapability.Multifd) ? new MultifdConnectPhase(attempt)
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
        catch
        {
            opened?.Dispose();
            throw;
        }
    }
}
