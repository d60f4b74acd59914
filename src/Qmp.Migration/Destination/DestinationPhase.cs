namespace Qmp.Migration.Destination;

/// <summary>One phase of an attempt to receive a machine.</summary>
/// <remarks>What a phase hands over to the next is in that one's constructor; what it throws ends the attempt.</remarks>
internal abstract class DestinationPhase
{
    /// <summary>Runs the phase to its end.</summary>
    /// <returns>The next phase, or <see langword="null"/> if the attempt is over.</returns>
    public abstract ValueTask<DestinationPhase?> RunAsync();
}
