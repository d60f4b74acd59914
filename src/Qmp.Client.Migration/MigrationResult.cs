using Qmp.Types;

namespace Qmp.Client.Migration;

/// <summary>How a migration ended.</summary>
/// <param name="Outcome">In one word.</param>
/// <param name="Reason">The server's error text, if it did not complete and the server gave one.</param>
/// <param name="Info">
/// What <c>query-migrate</c> answered in the end; <see langword="null"/> if the source was gone, or too busy, to be
/// asked.
/// </param>
public sealed record MigrationResult(MigrationOutcome Outcome, string? Reason, MigrationInfo? Info);

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
