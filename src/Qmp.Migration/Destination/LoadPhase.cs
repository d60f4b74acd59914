using Qmp.Types;

namespace Qmp.Migration.Destination;

/// <summary>Loads what the source sends, up to its end.</summary>
internal sealed class LoadPhase(DestinationAttempt attempt) : DestinationPhase
{
    public override async ValueTask<DestinationPhase?> RunAsync()
    {
        attempt.State.Move(MigrationStatus.Setup, MigrationStatus.Active);
        await attempt.CreateLoader().LoadAsync();
        return new TakeOverPhase(attempt);
    }
}
