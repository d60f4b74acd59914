using Qmp.Types;

namespace Qmp.Client.Migration;

/// <summary>How a migration goes at one moment.</summary>
/// <param name="Info">What <c>query-migrate</c> answered.</param>
/// <param name="Elapsed">Since the start.</param>
/// <param name="SinceNewLow">
/// Since the bytes that remain were fewer than ever before. A migration that converges keeps this short; what is too
/// long is for the caller to say.
/// </param>
public sealed record MigrationProgress(MigrationInfo Info, TimeSpan Elapsed, TimeSpan SinceNewLow)
{
    /// <summary>The status.</summary>
    public MigrationStatus Status => Info.Status ?? MigrationStatus.None;

    /// <summary>How many times dirty pages have been collected: the number of the pass.</summary>
    public long Pass => Info.Ram?.DirtySyncCount ?? 0;

    /// <summary>Bytes that remain to be sent.</summary>
    public long RemainingBytes => Info.Ram?.Remaining ?? 0;

    /// <summary>Bytes a second that are sent.</summary>
    public double SendRate => (Info.Ram?.Mbps ?? 0) * 1e6 / 8;

    /// <summary>
    /// Bytes of distinct pages a second that the guest dirties, as of the last pass. It never exceeds
    /// <see cref="SendRate"/> by much, however fast the guest writes; <see cref="Convergence"/> is what tells.
    /// </summary>
    public double DirtyRate => (double)(Info.Ram?.DirtyPagesRate ?? 0) * (Info.Ram?.PageSize ?? 0);

    /// <summary>Where it is heading: whether it converges, and how long it still takes or what it would need.</summary>
    public Convergence Convergence { get; init; } = Convergence.Unknown;

    /// <summary>
    /// Whether the guest dirties memory faster than it is sent: as things are, there will be no end. It is known by the
    /// start of the third pass that leaves as much as the one before it.
    /// </summary>
    public bool IsOutrun => Convergence.Verdict == ConvergenceVerdict.DoesNotConverge;
}
