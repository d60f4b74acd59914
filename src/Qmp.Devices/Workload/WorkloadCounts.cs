namespace Qmp.Devices.Workload;

/// <summary>What a guest has done and seen: <see cref="Writes"/> since its first boot, all else on its present machine.</summary>
public sealed record WorkloadCounts
{
    /// <summary>Pages that it has written, as its ledger says; those written again count again.</summary>
    public required ulong Writes { get; init; }

    /// <summary>Pages that it has read back.</summary>
    public required long Reads { get; init; }

    /// <summary>Reads and writes that found their page kept back by a migration: it had yet to come, or to be saved.</summary>
    public long Faults { get; init; }

    /// <summary>How long it has waited for those pages, in all.</summary>
    public TimeSpan Waited { get; init; }

    /// <summary>The longest of these waits.</summary>
    public TimeSpan Longest { get; init; }

    /// <summary>How long it has been waiting now; <see langword="null"/> if it does not.</summary>
    public TimeSpan? Waiting { get; init; }

    /// <summary>Pages that it has read back and that were not what it had written.</summary>
    public required long Damaged { get; init; }

    /// <summary>What was wrong with the first of them; <see langword="null"/> if nothing was.</summary>
    public required string? Damage { get; init; }
}
