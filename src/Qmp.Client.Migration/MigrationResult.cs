using Qmp.Types;

namespace Qmp.Client.Migration;

/// <summary>How a migration ended.</summary>
/// <param name="Outcome">In one word.</param>
/// <param name="Reason">The server's error text, if it did not complete and the server gave one.</param>
/// <param name="Info">
/// What <c>query-migrate</c> answered in the end; <see langword="null"/> if the source was gone, or too busy, to be
/// asked.
/// </param>
public sealed record MigrationResult(MigrationOutcome Outcome, string? Reason, MigrationInfo? Info)
{
    /// <summary>Whether the guest went to run at the destination before all of its memory was there: postcopy.</summary>
    public bool WentAhead { get; init; }

    /// <summary>How often postcopy was paused while this call looked on; a recovery that failed is another pause.</summary>
    public int Pauses { get; init; }

    /// <summary>How often postcopy went on after a pause while this call looked on, whoever had it go on.</summary>
    public int Recoveries { get; init; }
}

/// <summary>How a migration may end.</summary>
public enum MigrationOutcome
{
    /// <summary>The guest is on the other side.</summary>
    Completed,

    /// <summary>It failed; the guest is where it was.</summary>
    Failed,

    /// <summary>It was cancelled, by this caller or another one; the guest runs at the source.</summary>
    Cancelled,

    /// <summary>Postcopy lost its connection. The guest is on the other side, and has to be recovered.</summary>
    PostcopyPaused,
}
