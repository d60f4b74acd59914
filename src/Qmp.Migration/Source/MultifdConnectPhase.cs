using Qmp.Migration.Channels;
using Qmp.Migration.Multifd;
using Qmp.Types;

namespace Qmp.Migration.Source;

/// <summary>Connects the channels for pages; a destination begins when all are there.</summary>
/// <param name="attempt">The attempt.</param>
/// <param name="connector">Makes the connections.</param>
/// <param name="address">Where to.</param>
internal sealed class MultifdConnectPhase(SourceAttempt attempt, IMigrationConnector connector, MigrationAddress address) : SourcePhase
{
    public override async ValueTask<SourcePhase?> RunAsync()
    {
        MultifdSender sender = attempt.CreateMultifd();
        int count = attempt.Options.Parameters.MultifdChannels ?? 0;
        for (int number = 0; number < count; number++)
        {
            await attempt.AtAsync(FaultPoint.MultifdConnect);
            IMigrationChannel channel = await connector.ConnectAsync(address, attempt.Connecting);
            if (!attempt.Channels.TryAdd(channel, ChannelRole.Multifd, number)) return null;
            sender.Add(channel, attempt.Machine.Identity.Uuid);
            await attempt.AtAsync(FaultPoint.MultifdConnectDone);
        }

        return new SetupPhase(attempt);
    }
}
