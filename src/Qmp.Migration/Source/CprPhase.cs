using Qmp.Migration.Channels;
using Qmp.Types;

namespace Qmp.Migration.Source;

/// <summary>Waits until the program that takes the place of this one can be migrated to, which it shows by hanging up.</summary>
internal sealed class CprPhase : SourcePhase
{
    private readonly SourceAttempt _attempt;
    private readonly ICprWriter _channel;
    private readonly Func<IMigrationChannel?> _open;

    /// <param name="attempt">The attempt.</param>
    /// <param name="channel">The connection to it; what this program leaves has been sent.</param>
    /// <param name="open">Opens what can be opened at once of the way there.</param>
    public CprPhase(SourceAttempt attempt, ICprWriter channel, Func<IMigrationChannel?> open)
    {
        _attempt = attempt;
        _channel = channel;
        _open = open;
        attempt.IsHandingOver = true;
    }

    public override async ValueTask<SourcePhase?> RunAsync()
    {
        try
        {
            using (_channel)
            {
                if (!await _channel.WaitForCloseAsync(_attempt.Connecting) || _attempt.State.Current != MigrationStatus.Setup) return null;
            }
        }
        finally
        {
            _attempt.IsHandingOver = false;
        }

        return new ConnectPhase(_attempt, _open());
    }
}
