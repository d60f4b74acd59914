using Qmp.Migration.Channels;
using Qmp.Migration.Faults;
using Qmp.Migration.ReturnPath;
using Qmp.Types;

namespace Qmp.Migration.Destination;

/// <summary>Ends an attempt, whatever its end was: tells the source, and closes the connections.</summary>
internal sealed class AnswerPhase(DestinationAttempt attempt) : DestinationPhase
{
    public override async ValueTask<DestinationPhase?> RunAsync()
    {
        if (attempt.Loader is { ReturnPath.Writer: { } returnPath } loader)
        {
            await AnswerAsync(returnPath, failed: attempt.HasFailed || loader.StreamFailed);
        }

        if (attempt.Preempt is { } preempt) await preempt.EndAsync();
        if (attempt.FileReaders is { } readers) await readers.EndAsync();
        attempt.Multifd?.End();
        attempt.Channels.Shutdown(ChannelRole.Multifd);
        attempt.Channels.Shutdown(ChannelRole.Unknown);
        attempt.Channels.Dispose();
        return null;
    }

    private async ValueTask AnswerAsync(ReturnPathWriter returnPath, bool failed)
    {
        try
        {
            await attempt.AtOrCutAsync(FaultPoint.Shut);
            await returnPath.ShutAsync(failed ? 1u : 0u);
            await attempt.AtOrCutAsync(FaultPoint.ShutDone);
        }
        catch (Exception e) when (e is ChannelException or FaultException)
        {
            // The source is gone; whether it knows the outcome is no longer ours to decide.
            attempt.Logger.Debug("return path: {Error:l}", e.Message);
        }
    }
}
