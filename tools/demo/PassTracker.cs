using Qmp.Client.Migration;

namespace Demo;

/// <summary>Turns what a source tells about itself into passes.</summary>
internal sealed class PassTracker
{
    /// <summary>The pass under way.</summary>
    public MigrationPass? Current { get; private set; }

    /// <summary>Takes the next report.</summary>
    /// <returns>The pass that it showed to be over, if any.</returns>
    public MigrationPass? Report(MigrationProgress progress)
    {
        if (progress.Pass == 0) return null;
        long remaining = progress.RemainingBytes;
        MigrationPass? ended = null;
        if (Current is null || progress.Pass > Current.Number)
        {
            ended = Current is null ? null : Current with { Remaining = 0 };
            Current = new(progress.Pass, Math.Max(remaining, 1), remaining);
        }

        // The guest may have dirtied pages that the pass had not come to.
        long bytes = Math.Max(Current.Bytes, remaining);
        Current = Current with { Bytes = bytes, Remaining = remaining };
        return ended;
    }
}
