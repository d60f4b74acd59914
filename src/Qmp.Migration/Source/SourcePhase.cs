namespace Qmp.Migration.Source;

/// <summary>One phase of an attempt to send a machine.</summary>
/// <remarks>What a phase hands over to the next is in that one's constructor; what it throws ends the attempt.</remarks>
internal abstract class SourcePhase
{
    /// <summary>Runs the phase to its end.</summary>
    /// <returns>The next phase, or <see langword="null"/> if the attempt is over: completed or cancelled.</returns>
    public abstract ValueTask<SourcePhase?> RunAsync();
}
