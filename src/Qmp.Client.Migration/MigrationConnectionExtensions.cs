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

    /// <summary>
    /// Has the destination of a postcopy that is paused at the source listen anew, by <c>migrate-recover</c>; the source
    /// resumes the migration with that address. A destination that has not noticed the loss is paused as well.
    /// </summary>
    /// <param name="connection">A connection to the destination.</param>
    /// <param name="uri">Where to listen, such as <c>unix:/run/again.sock</c>.</param>
    /// <param name="cancellationToken">Ends the wait for a destination that has to be paused.</param>
    /// <exception cref="QmpCommandException">The destination is in no postcopy, or cannot listen there.</exception>
    /// <exception cref="QmpDisconnectedException">The connection ended first.</exception>
    public static Task PrepareRecoveryAsync(
        this QmpConnection connection, string uri, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(uri);
        return new RecoveryPreparation(connection).RunAsync(uri, cancellationToken);
    }

    /// <summary>Follows a migration that has been started, by whomever, until it has ended.</summary>
    /// <param name="connection">A connection to the source.</param>
    /// <param name="progress">Told how it goes, at every change of status and at every interval.</param>
    /// <param name="pollInterval">How often to ask; 1 s by default.</param>
    /// <param name="overPauses">
    /// Whether to go on when postcopy is paused, until somebody has recovered it and it has ended; by default a pause is
    /// an end.
    /// </param>
    /// <param name="cancellationToken">Ends the wait; the migration goes on.</param>
    /// <returns>How it ended; at once if it has.</returns>
    /// <exception cref="QmpUsageException">No migration was ever started there.</exception>
    /// <exception cref="QmpDisconnectedException">The connection ended first.</exception>
    public static Task<MigrationResult> FollowMigrationAsync(
        this QmpConnection connection,
        IProgress<MigrationProgress>? progress = null,
        TimeSpan? pollInterval = null,
        bool overPauses = false,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return new MigrationFollower(connection, progress, pollInterval ?? TimeSpan.FromSeconds(1), overPauses).RunAsync(cancellationToken);
    }
}
