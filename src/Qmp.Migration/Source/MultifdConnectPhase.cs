using Qmp.Migration.Channels;
using Qmp.Migration.MappedRam;
using Qmp.Migration.Multifd;
using Qmp.Types;

namespace Qmp.Migration.Source;

/// <summary>Connects the channels for pages; a destination begins when all are there.</summary>
internal sealed class MultifdConnectPhase(SourceAttempt attempt) : SourcePhase
{
    public override async ValueTask<SourcePhase?> RunAsync()
    {
        MultifdSender sender = attempt.CreateMultifd();
        int count = attempt.Options.Parameters.MultifdChannels ?? 0;
        for (int number = 0; number < count; number++)
        {
            await attempt.AtAsync(FaultPoint.MultifdConnect);
            if (await ConnectAsync(sender, number) is not { } channel) return null;
            sender.Add(channel);
            attempt.Logger.Debug("migration_set_outgoing_channel multifd {Number}", number);
            if (channel.Faults is { } site) await site.AtAsync(FaultPoint.MultifdConnectDone);
            else await attempt.AtAsync(FaultPoint.MultifdConnectDone);
        }

        return new SetupPhase(attempt);
    }

    // Null when cancelled.
    private async ValueTask<MultifdSendChannel?> ConnectAsync(MultifdSender sender, int number)
    {
        if (!attempt.Options.UsesPackets)
        {
            IPageFile file = attempt.Connector.OpenPages(attempt.Address, writes: true, attempt.Options.Parameters.DirectIo == true);
            return new MappedSendChannel(sender, file, () => attempt.Link!.Context.MappedRam!);
        }

        return await new SourceConnections(attempt).OpenAsync(ChannelRole.Multifd, number) is { } channel
            ? new PacketSendChannel(sender, channel, number, attempt.Machine.Identity.Uuid)
            : null;
    }
}
