using Qmp.Migration.Status;

namespace Qmp.Migration;

/// <summary>Why this machine cannot be migrated now; with no reasons, it can.</summary>
/// <remarks>Changed with the machine's lock held.</remarks>
/// <param name="isBusy">Whether it is being migrated, when it is too late for reasons.</param>
/// <param name="ofMode">What the mode of the migration adds.</param>
public sealed class MigrationBlockers(Func<bool> isBusy, Func<IEnumerable<string>> ofMode)
{
    private volatile string[] _reasons = [];

    /// <summary>Whether nothing may ever be added (<c>-only-migratable</c>).</summary>
    public bool OnlyMigratable { get; set; }

    /// <summary>The reasons, in the order in which they were added.</summary>
    public IReadOnlyList<string> Reasons => [.. ofMode(), .. _reasons];

    /// <summary>Adds a reason.</summary>
    /// <param name="reason">The reason.</param>
    /// <param name="passes">Whether it passes soon, so that a machine that has to stay migratable may have it, too.</param>
    /// <exception cref="MigrationException">Nothing may be added.</exception>
    public void Add(string reason, bool passes = false)
    {
        if (OnlyMigratable && !passes)
        {
            throw new MigrationException($"disallowing migration blocker (--only-migratable) for: {reason}");
        }

        if (isBusy())
        {
            throw new MigrationException($"disallowing migration blocker (migration/snapshot in progress) for: {reason}");
        }

        _reasons = [.. _reasons, reason];
    }

    /// <summary>Takes a reason back.</summary>
    public void Remove(string reason) => _reasons = [.. _reasons.Where(r => r != reason)];

    /// <exception cref="MigrationException">There is a reason; the latest is the message.</exception>
    internal void Check()
    {
        if (Reasons is [.., var latest]) throw new MigrationException(latest);
    }
}
