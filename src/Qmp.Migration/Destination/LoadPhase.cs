using Qmp.Types;

namespace Qmp.Migration.Destination;

/// <summary>Loads what the source sends, up to its end.</summary>
internal sealed class LoadPhase(DestinationAttempt attempt) : DestinationPhase
{
    public override async ValueTask<DestinationPhase?> RunAsync()
    {
        if (attempt.Options.Rules.ActiveOnFirstBytes && attempt.IsConnected)
        {
            StreamLoader loader = attempt.CreateLoader();
            if (await loader.FindBeginningAsync() is { } wrong)
            {
                attempt.FailBeforeBeginning(wrong);
                return null;
            }

            attempt.State.Move(MigrationStatus.Setup, MigrationStatus.Active);
            await loader.LoadAsync();
            return new TakeOverPhase(attempt);
        }

        attempt.State.Move(MigrationStatus.Setup, MigrationStatus.Active);
        await attempt.CreateLoader().LoadAsync();
        return new TakeOverPhase(attempt);
    }
}
