using Qmp.Migration.Channels;
using Qmp.Migration.MappedRam;
using Qmp.Migration.Multifd;
using Qmp.Migration.Status;
using Qmp.Tls;
using Qmp.Types;

namespace Qmp.Migration.Destination;

/// <summary>Waits for a source.</summary>
/// <param name="attempt">The attempt.</param>
/// <param name="listener">Where the source comes to.</param>
/// <param name="openPages">Opens the file that it reads once more, past the host's page cache or not.</param>
internal sealed class ListenPhase(
    DestinationAttempt attempt, IMigrationListener listener, Func<bool, IPageFile> openPages) : DestinationPhase
{
    public override async ValueTask<DestinationPhase?> RunAsync()
    {
        attempt.Listener = listener;
        await attempt.AtAsync(FaultPoint.Listen);
        if (attempt.Options.UsesPackets) return await TakeChannelsAsync();
        IMigrationChannel? channel = await AcceptAsync();
        if (channel is null || !attempt.Channels.TryAdd(channel)) return null;
        attempt.Logger.Debug("migration_set_incoming_channel");
        if (attempt.Options.Has(MigrationCapability.Multifd)) OpenFile();
        await attempt.AtAsync(FaultPoint.ListenDone);
        return new LoadPhase(attempt);
    }

    private async ValueTask<IMigrationChannel?> AcceptAsync()
    {
        try
        {
            return await listener.AcceptAsync();
        }
        catch (TlsException e)
        {
            attempt.FailBeforeBeginning(e.Message);
            return null;
        }
    }

    // Each channel reads the file for itself.
    private void OpenFile()
    {
        MigrationParameters parameters = attempt.Options.Parameters;
        var readers = new WorkerPool<MappedRun>(attempt.Machine.Timeline, () => { });
        attempt.FileReaders = readers;
        for (int number = 0; number < parameters.MultifdChannels; number++)
        {
            IPageFile file = openPages(parameters.DirectIo == true);
            readers.Add($"mig/dst/recv_{number}", () => ValueTask.CompletedTask, run => MappedRamReader.ReadAsync(run, file), file.Dispose);
        }
    }

    // The main stream and all multifd channels, in any order.
    private async ValueTask<DestinationPhase?> TakeChannelsAsync()
    {
        MultifdReceiver receiver = attempt.CreateMultifd();
        var arrivals = new MultifdArrivals(
            attempt.Channels, receiver, attempt.Options, attempt.Machine.Timeline, attempt.Machine.Identity.Uuid, _ => listener.Dispose());
        while (!arrivals.HasAll)
        {
            if (await AcceptAsync() is not { } channel)
            {
                if (attempt.IsStopped || attempt.HasFailed) return null;
                break; // one was refused
            }

            attempt.Logger.Debug("migration_set_incoming_channel");
            arrivals.Add(channel);
        }

        try
        {
            attempt.MainStart = await arrivals.CompleteAsync();
        }
        catch (ArrivalException e)
        {
            attempt.FailBeforeBeginning(e.Message);
            return null;
        }
        catch (LoadException e)
        {
            attempt.KeepsListening = true;
            attempt.FailByChannel(e);
            return null;
        }

        await attempt.AtAsync(FaultPoint.ListenDone);
        return new LoadPhase(attempt);
    }
}
