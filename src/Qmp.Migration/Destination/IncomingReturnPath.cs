using Qmp.Machine.Time;
using Qmp.Migration.Channels;
using Qmp.Migration.Faults;
using Qmp.Migration.ReturnPath;
using Qmp.Migration.Switchover;
using Qmp.Types;
using Serilog;

namespace Qmp.Migration.Destination;

/// <summary>What a destination says to its source, once the source has asked for it.</summary>
/// <param name="timeline">Where the machine runs.</param>
/// <param name="acks">The devices' approvals of the switchover.</param>
/// <param name="faults">Where the destination reaches its fault points.</param>
/// <param name="logger">Is told what could not be said.</param>
internal sealed class IncomingReturnPath(Timeline timeline, SwitchoverAcks acks, FaultSite faults, ILogger logger)
{
    /// <summary>Writes it; <see langword="null"/> as long as the source has not asked for it, or is gone.</summary>
    public ReturnPathWriter? Writer { get; private set; }

    /// <summary>The devices' approvals of the switchover.</summary>
    public SwitchoverAcks Acks => acks;

    /// <summary>When the source was told that it may switch over, in milliseconds.</summary>
    public long? AcknowledgedAt { get; private set; }

    /// <summary>The source asks for it.</summary>
    public async ValueTask OpenAsync(IMigrationChannel channel)
    {
        if (Writer is not null)
        {
            logger.Error("CMD_OPEN_RETURN_PATH called when RP already open");
            return;
        }

        Reopen(channel);
        if (acks.NobodyWaits) await AcknowledgeAsync();
    }

    /// <summary>Goes on over another connection.</summary>
    public void Reopen(IMigrationChannel channel) => Writer = new ReturnPathWriter(channel, timeline, faults);

    /// <summary>The connection is lost.</summary>
    public void Close() => Writer = null;

    /// <summary>Answers a PING. A file cannot be answered, and a source that is gone is noticed by what it no longer sends.</summary>
    public async ValueTask PongAsync(uint value)
    {
        try
        {
            await Writer!.PongAsync(value);
        }
        catch (ChannelException e)
        {
            logger.Debug("migrate_send_rp_pong {Error:l}", e.Message);
        }
    }

    /// <summary>A device approves of the switchover.</summary>
    public async ValueTask ApproveAsync(string approver)
    {
        if (acks.Approve(approver) && Writer is not null) await AcknowledgeAsync();
    }

    private async ValueTask AcknowledgeAsync()
    {
        await faults.AtAsync(FaultPoint.Gate);
        await Writer!.SwitchoverAckAsync();
        AcknowledgedAt = timeline.NowMilliseconds;
        await faults.AtAsync(FaultPoint.GateDone);
    }
}
