namespace Qmp.Migration.Tests.Convergence;

/// <summary>One migration of a guest that dirties its memory at a steady rate.</summary>
public sealed record Scenario
{
    /// <summary>MiB of RAM.</summary>
    public int Ram { get; init; } = 64;

    /// <summary>MiB from the start of RAM that are not zero.</summary>
    public int Noise { get; init; } = 32;

    /// <summary>MiB from the start of RAM that the guest writes, page after page and round again.</summary>
    public int WorkingSet { get; init; } = 32;

    /// <summary>MiB that the guest dirties a second.</summary>
    public double DirtyRate { get; init; }

    /// <summary><c>max-bandwidth</c> in MiB a second.</summary>
    public int MaxBandwidth { get; init; } = 32;

    /// <summary><c>downtime-limit</c> in milliseconds.</summary>
    public int DowntimeLimit { get; init; } = 300;

    /// <summary>MiB a second that the link carries.</summary>
    public int Link { get; init; } = 1024;

    /// <summary>Whether <c>auto-converge</c> is on.</summary>
    public bool AutoConverge { get; init; }

    /// <summary>Whether <c>cpu-throttle-tailslow</c> is on.</summary>
    public bool TailSlow { get; init; }

    /// <summary>Seconds after which it is looked at, completed or not.</summary>
    public int Seconds { get; init; } = 30;

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Ram} MiB, {Noise} noise, {WorkingSet} at {DirtyRate} MiB/s, max {MaxBandwidth} MiB/s, {DowntimeLimit} ms"
        + (AutoConverge ? TailSlow ? ", auto-converge tailslow" : ", auto-converge" : "");
}
