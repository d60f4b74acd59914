namespace Qmp.Migration.Status;

/// <summary>A request that the migration core refuses, or a migration that failed. The message is QEMU's.</summary>
public sealed class MigrationException : Exception
{
    /// <summary>Makes one with QEMU's text.</summary>
    public MigrationException(string message)
        : base(message)
    {
    }
}
