namespace Qmp.Devices.Workload.Model;

/// <summary>In which order pages are written.</summary>
public enum ModelPatternKind
{
    /// <summary>One after the other, and round again.</summary>
    Round,

    /// <summary>Any page, each as likely as the others.</summary>
    Uniform,

    /// <summary>Some of the pages get most of the writes.</summary>
    HotCold,

    /// <summary>The page of rank k is written as often as 1/k^s.</summary>
    Zipf,
}

/// <summary>Which pages are written.</summary>
public sealed record ModelPattern
{
    /// <summary>The order.</summary>
    public ModelPatternKind Kind { get; init; }

    /// <summary>The part of the working set that is hot, 0 to 1.</summary>
    public double HotPart { get; init; } = 0.1;

    /// <summary>The part of the writes that goes there, 0 to 1.</summary>
    public double HotShare { get; init; } = 0.9;

    /// <summary>The exponent s of Zipf's law.</summary>
    public double Skew { get; init; } = 1;
}

/// <summary>What a guest does from some time on.</summary>
/// <param name="At">Since when, in the guest's time.</param>
/// <param name="Rate">Bytes of the pages that are written each second; a page that is written twice counts twice.</param>
/// <param name="WorkingSet">Bytes of memory that it writes.</param>
/// <param name="Pattern">Which of its pages.</param>
public sealed record ModelPhase(TimeSpan At, double Rate, long WorkingSet, ModelPattern Pattern);

/// <summary>What a guest does, all of it.</summary>
public sealed record ModelSettings
{
    /// <summary>Where its memory begins; a multiple of the page size.</summary>
    public long Offset { get; init; }

    /// <summary>Bytes at the start of a page that a write changes.</summary>
    public int Change { get; init; } = 4096;

    /// <summary>Percent of a written page that is noise, besides.</summary>
    public int Fill { get; init; }

    /// <summary>The seed of what is random.</summary>
    public ulong Seed { get; init; }

    /// <summary>What it does and since when, in order; at least one from 0.</summary>
    public required IReadOnlyList<ModelPhase> Phases { get; init; }

    /// <summary>Whether it begins again after the last phase, which then is as long as this; zero if not.</summary>
    public TimeSpan Repeat { get; init; }
}
