using Qmp.Types;

namespace Qmp.Api;

/// <summary>How a migration ended.</summary>
/// <param name="Outcome">In one word.</param>
/// <param name="Reason">The server's error text, if it did not complete and the server gave one.</param>
/// <param name="Info">
/// What <c>query-migrate</c> answered in the end; <see langword="null"/> if the source was gone, or too busy, to be
/// asked.
/// </param>
public sealed record MigrationResult(MigrationOutcome Outcome, string? Reason, MigrationInfo? Info);
