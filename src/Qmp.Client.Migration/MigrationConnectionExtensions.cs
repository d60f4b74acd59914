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
    public static Task<MigrationResult> MigrateAsync(
        this QmpConnection connection, MigrationPlan plan, CancellationToken cancellationToken = default) =>
        new MigrationDriver(connection, plan).RunAsync(cancellationToken);
}
