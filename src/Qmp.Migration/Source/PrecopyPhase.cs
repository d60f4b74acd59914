using Qmp.Migration.SaveState;
using Qmp.Migration.Status;
using Qmp.Migration.Switchover;
using Qmp.Types;

namespace Qmp.Migration.Source;

/// <summary>Sends while the guest runs, until what is left fits into the downtime limit and the gate is open.</summary>
internal sealed class PrecopyPhase(SourceAttempt attempt, SourceLink link) : SourcePhase
{
    /// <summary>How long is waited between two exact syncs that led to nothing: at most 100 syncs a second.</summary>
    private static readonly TimeSpan SyncInterval = TimeSpan.FromMilliseconds(10);

    private bool _goesAhead;
    private readonly SwitchoverWait _wait = new(attempt.Gate, attempt.Options.AckMode, attempt.Logger);

    public override async ValueTask<SourcePhase?> RunAsync()
    {
        attempt.StartBandwidth();
        while (attempt.State.Current == MigrationStatus.Active)
        {
            attempt.Multifd?.CheckAlive();
            if (!attempt.Limiter.Exceeded(attempt.Statistics.Transferred) && await TurnAsync())
            {
                return _goesAhead ? new HandOverPhase(attempt, link) : new SwitchoverPhase(attempt, link);
            }

            if (attempt.Now >= link.Converge.NextTick && link.Converge.Tick(attempt.Statistics.DirtySyncCount))
            {
                await link.Stream.Pending.CountAsync();
            }

            await KeepToRateAsync();
        }

        return null;
    }

    // One turn: true if the guest can be stopped, with all that is left or before it; otherwise some more was sent.
    private async ValueTask<bool> TurnAsync()
    {
        ulong threshold = attempt.Bandwidth.ThresholdSize;
        PendingState pending = link.Stream.Pending.Estimate();
        bool isExact = Fits(attempt.Options.Rules.CountsBeforePostcopy ? pending.Total - pending.CanPostcopy : pending.Total, threshold);
        if (isExact) pending = await link.Stream.Pending.CountAsync();
        bool ready = pending.Total == 0 || Fits(pending.Total, threshold);
        if (ready)
        {
            await attempt.AtAsync(FaultPoint.Gate);
            if (attempt.Gate.IsOpen(attempt.Machine.IsRunning))
            {
                await attempt.AtAsync(FaultPoint.GateDone);
                return true;
            }

            attempt.Gate.Wait(attempt.Now);
        }
        else
        {
            attempt.Gate.StopWaiting();
            if (await CanGoAheadAsync(pending, threshold)) return _goesAhead = true;
        }

        bool sends = link.Stream.Pending.HasSomethingToSend;
        if (sends) await link.Stream.IterateAsync();
        if (ready || !sends) await WaitAsync();
        return false;
    }

    // Whether the guest shall go before its memory, and can.
    private async ValueTask<bool> CanGoAheadAsync(PendingState pending, ulong threshold)
    {
        if (!link.Context.Postcopy.IsAsked || pending.MustPrecopy + pending.StopCopy > threshold) return false;
        await attempt.AtAsync(FaultPoint.Gate);
        if (!attempt.Gate.IsOpen(attempt.Machine.IsRunning)) return false;
        await attempt.AtAsync(FaultPoint.GateDone);
        return true;
    }

    private bool Fits(ulong pending, ulong threshold) =>
        pending < threshold || (attempt.Options.Rules.PassesAreCounts && pending == threshold);

    // Nothing keeps the guest from being stopped but the gate, or state that can only be sent when it is: do not spin.
    // An ack, a cancel or a lost return path wakes us.
    private async ValueTask WaitAsync()
    {
        await link.Stream.FlushAsync(); // the ack may hang on what has been gathered
        attempt.Bandwidth.Idle();
        await attempt.Waker.WaitAsync(SyncInterval);
        _wait.Look(attempt.Now);
        if (attempt.Gate.WaitingSince is not null && link.ReturnPath is { IsEnded: true, IsUnderflowed: false } ended)
        {
            throw new MigrationException(ended.Error ?? ReturnPathActivity.EndedWithoutAck);
        }
    }

    private async ValueTask KeepToRateAsync()
    {
        long now = attempt.Now;
        if (!attempt.ExceedsRate(now)) return;
        long until = Math.Min(attempt.Bandwidth.WindowEnd, link.Converge.NextTick);
        await attempt.Waker.WaitAsync(TimeSpan.FromMilliseconds(Math.Max(1, until - now)));
    }
}
