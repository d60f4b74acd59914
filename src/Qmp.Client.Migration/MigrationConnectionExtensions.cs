namespace Qmp.Client.Migration;

/// <summary>Migration in one call.</summary>
public static class MigrationConnectionExtensions
{
    /// <inheritdoc cref="MigrationDriver.RunAsync"/>
    /// <param name="connection">A connection to the source.</param>
    /// <param name="plan">What is wanted.</param>
    /// <param name="cancellationToken">
    /// Cancels the migration and waits until it has ended; if it completes all the same, that is the result.
    /// </param>
    public static Task<MigrationResult> RunMigrationAsync(
        this QmpConnection connection, MigrationPlan plan, CancellationToken cancellationToken = default) =>
        new MigrationDriver(connection, plan).RunAsync(cancellationToken);

    /// <summary>Follows a migration that has been started, by whomever, until it has ended.</summary>
    /// <param name="connection">A connection to the source.</param>
    /// <param name="progress">Told how it goes, at every change of status and at every interval.</param>
    /// <param name="pollInterval">How often to ask; 1 s by default.</param>
    /// <param name="cancellationToken">Ends the wait; the migration goes on.</param>
    /// <returns>How it ended; at once if it has.</returns>
    /// <exception cref="QmpUsageException">No migration was ever started there.</exception>
    /// <exception cref="QmpDisconnectedException">The connection ended first.</exception>
    public static Task<MigrationResult> FollowMigrationAsync(
        this QmpConnection connection,
        IProgress<MigrationProgress>? progress = null,
        TimeSpan? pollInterval = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return new MigrationFollower(connection, progress, pollInterval ?? TimeSpan.FromSeconds(1)).RunAsync(cancellationToken);
    }
}
