namespace Qmp.Migration.Postcopy;

/// <summary>How it stands with those who wait for missing pages at a destination.</summary>
/// <param name="Faults">How many accesses have found their page missing, those that wait now included.</param>
/// <param name="Waiting">How many wait now.</param>
/// <param name="Ended">How long those waits were that have ended since this was last asked; of very many, the first 4096.</param>
public sealed record PageWaits(long Faults, int Waiting, IReadOnlyList<TimeSpan> Ended)
{
    /// <summary>Nobody has waited.</summary>
    public static PageWaits None { get; } = new(0, 0, []);
}
