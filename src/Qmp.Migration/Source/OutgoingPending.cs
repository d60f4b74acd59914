using Qmp.Migration.SaveState;
using Qmp.Migration.Status;
using Qmp.Migration.Switchover;
using Serilog;

namespace Qmp.Migration.Source;

/// <summary>What is left to send of all that is sent while the guest runs, and the acks that devices ask for meanwhile.</summary>
internal sealed class OutgoingPending(IReadOnlyList<StateSaver> savers, MigrationStatistics statistics, SwitchoverGate gate, ILogger logger)
{
    /// <summary>Whether a turn of the iterative savers would send anything: state of stopped devices has to wait.</summary>
    public bool HasSomethingToSend =>
        Sum() is var pending && (pending.Total > pending.StopCopy || savers.Any(s => s.HasAnnouncement));

    /// <summary>Asks all devices what is left to send, as far as they know, and for how many acks they want.</summary>
    public PendingState Estimate()
    {
        PendingState sum = Sum();
        Book(sum, isExact: false, isFinal: false);
        return sum;
    }

    /// <summary>Asks all devices what is left to send, exactly, and for how many acks they want.</summary>
    public async ValueTask<PendingState> CountAsync() => (await CountAsync(isFinal: false)).Pending;

    /// <summary>Asks once more when the guest is stopped.</summary>
    /// <returns>How many acks were asked for.</returns>
    public async ValueTask<uint> CountStoppedAsync() => (await CountAsync(isFinal: true)).Requests;

    private async ValueTask<(PendingState Pending, uint Requests)> CountAsync(bool isFinal)
    {
        PendingState sum = default;
        foreach (StateSaver saver in savers) sum += await saver.PendingExactAsync(isFinal);
        return (sum, Book(sum, isExact: true, isFinal));
    }

    private PendingState Sum()
    {
        PendingState sum = default;
        foreach (StateSaver saver in savers) sum += saver.PendingEstimate;
        return sum;
    }

    private uint Book(PendingState pending, bool isExact, bool isFinal)
    {
        uint requests = 0;
        foreach (StateSaver saver in savers) requests += saver.TakeAckRequests();
        requests = gate.Request(requests);
        statistics.Pending = (long)Math.Min(pending.Total, long.MaxValue);
        logger.Debug(
            "qemu_savevm_query_pending exact={Exact}, final={Final}, precopy={Precopy}, stopcopy={StopCopy}, postcopy={Postcopy}, "
            + "total={Total}, collected switchover ack pending={Requests}, total switchover ack pending={Outstanding}",
            isExact ? 1 : 0,
            isFinal ? 1 : 0,
            pending.MustPrecopy,
            pending.StopCopy,
            pending.CanPostcopy,
            pending.Total,
            requests,
            gate.Outstanding);
        return requests;
    }
}
