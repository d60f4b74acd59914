using Qmp.Migration.Channels;
using Qmp.Migration.Options;
using Qmp.Types;

namespace Qmp.Migration.Source;

/// <summary>Ends an attempt, whatever its end was: the guest, the connections, the status.</summary>
internal sealed class WindUpPhase(SourceAttempt attempt) : SourcePhase
{
    private const string ChannelError = "Channel error: Input/output error";

    public override async ValueTask<SourcePhase?> RunAsync()
    {
        if (!attempt.Channels.IsEmpty) await WindUpAsync();
        attempt.Settle();
        attempt.ReportError();
        return null;
    }

    private async ValueTask WindUpAsync()
    {
        bool completed = attempt.State.Current == MigrationStatus.Completed;
        ReturnPathActivity? returnPath = attempt.Link?.ReturnPath;
        if (attempt.IsCancelledInPause) attempt.Blame(attempt.Options.Rules.CancelledInPause);
        if (!completed) attempt.Channels.Shutdown();
        using (await attempt.Machine.Lock.EnterAsync())
        {
            attempt.Link?.Converge.Stop();
            if (completed && attempt.Handover.HasBegun) attempt.Handover.Complete();
            else attempt.Handover.Undo(returnPath?.IsShut);
        }

        if (returnPath is not null)
        {
            await returnPath.JoinAsync();

            // A cancel cuts the return path, and QEMU shows that as the reason.
            if (!completed) attempt.Blame(returnPath.Error);
        }

        if (completed) await attempt.Channels.EndStreamsAsync();

        // So it does for the stream, once it has begun to switch over.
        if (!completed && attempt.Handover.HasBegun && !attempt.Mode.StopsFirst()) attempt.Blame(ChannelError);
        if (attempt.Multifd is { } multifd)
        {
            if (!completed) attempt.Blame(multifd.Error);
            attempt.Channels.Shutdown(ChannelRole.Multifd);
            await multifd.EndAsync();
        }

        attempt.Link?.Stream.End();
        attempt.Channels.Dispose();
    }
}
