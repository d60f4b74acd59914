namespace Qmp.Migration.Tests.Convergence;

/// <summary>What a migration came to, as a client sees it.</summary>
public sealed record Outcome
{
    public bool Completed { get; init; }

    public long Passes { get; init; }

    public string ThrottleSteps { get; init; } = "";

    public long NormalPages { get; init; }

    public long ZeroPages { get; init; }

    public long Transferred { get; init; }

    public long PrecopyBytes { get; init; }

    public long DowntimeBytes { get; init; }

    public long DirtyPagesRate { get; init; }

    public long ExpectedDowntime { get; init; }

    public long Downtime { get; init; }

    public long TotalTime { get; init; }

    public double Mbps { get; init; }
}
