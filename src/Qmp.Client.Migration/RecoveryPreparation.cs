using Qmp.Api;
using Qmp.Protocol.Threading;

namespace Qmp.Client.Migration;

/// <summary>Has the destination of a paused postcopy listen anew.</summary>
/// <remarks>
/// All of it goes out of band where that is possible: other commands may have to wait for a page which the lost
/// connection owes.
/// </remarks>
internal sealed class RecoveryPreparation(QmpConnection destination)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly QmpCallOptions _options = new() { OutOfBand = destination.IsOutOfBandEnabled };

    public async Task RunAsync(string uri, CancellationToken cancellationToken)
    {
        bool mayNotKnow = true;
        while (true)
        {
            try
            {
                await destination.ExecuteAsync(MigrationClientCommands.MigrateRecover, new() { Uri = uri }, _options, cancellationToken)
                    .ConfigureAwait(OrderedContext.IsCurrent);
                return;
            }
            catch (QmpCommandException) when (mayNotKnow)
            {
                // It may not have noticed yet that the connection is lost. Once that is settled a refusal is one.
                mayNotKnow = await PauseAsync(cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
            }

            if (mayNotKnow) await Task.Delay(Interval, destination.Options.Time, cancellationToken).ConfigureAwait(OrderedContext.IsCurrent);
        }
    }

    /// <returns>Whether there was anything to pause.</returns>
    private async ValueTask<bool> PauseAsync(CancellationToken cancellationToken)
    {
        try
        {
            await destination.ExecuteAsync(MigrationClientCommands.MigratePause, new(), _options, cancellationToken)
                .ConfigureAwait(OrderedContext.IsCurrent);
            return true;
        }
        catch (QmpCommandException)
        {
            return false;
        }
    }
}
