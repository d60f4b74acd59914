using System.Globalization;

namespace Qmp.Client.Migration;

/// <summary>Whether a migration comes to its end as things are.</summary>
public enum ConvergenceVerdict
{
    /// <summary>It cannot be told: too few passes were seen, or throttling is still on its way up.</summary>
    Unknown,

    /// <summary>Each pass leaves less than the one before it, or what is left fits into the downtime limit.</summary>
    Converges,

    /// <summary>
    /// The passes leave as much as those before them, and more than fits into the downtime limit: without a change there
    /// will be no end.
    /// </summary>
    DoesNotConverge,
}

/// <summary>Where a migration is heading, judged by what was left at the start of its passes.</summary>
public sealed record Convergence
{
    /// <summary>Nothing is known yet.</summary>
    public static Convergence Unknown { get; } = new();

    /// <summary>The verdict.</summary>
    public ConvergenceVerdict Verdict { get; init; }

    /// <summary>Bytes that were left when the latest pass started.</summary>
    public long RemainingAtStart { get; init; }

    /// <summary>How long the guest would stand still if it were stopped to send <see cref="RemainingAtStart"/>.</summary>
    public TimeSpan ExpectedDowntime { get; init; }

    /// <summary>How long it may stand still.</summary>
    public TimeSpan DowntimeLimit { get; init; }

    /// <summary>Bytes a second that are sent.</summary>
    public double Bandwidth { get; init; }

    /// <summary>By how much the processors are slowed down, in percent; 0 if they are not.</summary>
    public int Throttle { get; init; }

    /// <summary>
    /// How long the migration still takes, if it converges as it has so far; <see langword="null"/> if that cannot be
    /// told.
    /// </summary>
    public TimeSpan? TimeLeft { get; init; }

    /// <summary>A bandwidth with which what is left would fit into the downtime limit, in bytes a second.</summary>
    public double SufficientBandwidth =>
        DowntimeLimit > TimeSpan.Zero ? RemainingAtStart / DowntimeLimit.TotalSeconds : double.PositiveInfinity;

    /// <summary>A downtime limit into which what is left would fit, with a tenth to spare.</summary>
    public TimeSpan SufficientDowntimeLimit =>
        TimeSpan.FromMilliseconds(Math.Ceiling(ExpectedDowntime.TotalMilliseconds * 1.1));

    /// <summary>The verdict in words: what would be left and what would help, or how long it still takes.</summary>
    public override string ToString() => Verdict switch
    {
        ConvergenceVerdict.DoesNotConverge =>
            $"does not converge: {Show(ExpectedDowntime)} of downtime would remain, the limit is {Show(DowntimeLimit)};"
                + $" enough would be downtime-limit={Show(SufficientDowntimeLimit.TotalMilliseconds)},"
                + (double.IsFinite(SufficientBandwidth) ? $" or {ShowRate(SufficientBandwidth)} of bandwidth," : "")
                + (Throttle > 0
                    ? $" or a guest that is throttled by more than {Throttle} %"
                    : " or a guest that writes less (auto-converge)"),
        ConvergenceVerdict.Converges => TimeLeft is { } left ? $"converges, about {Show(left)} left" : "converges",
        _ => "too early to tell",
    };

    private static string Show(TimeSpan time) => time < TimeSpan.FromSeconds(1)
        ? $"{Show(time.TotalMilliseconds)} ms"
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:F1} s");

    private static string Show(double milliseconds) => milliseconds.ToString("F0", CultureInfo.InvariantCulture);

    private static string ShowRate(double bytesPerSecond) => bytesPerSecond < 1 << 30
        ? string.Create(CultureInfo.InvariantCulture, $"{bytesPerSecond / (1 << 20):F1} MiB/s")
        : string.Create(CultureInfo.InvariantCulture, $"{bytesPerSecond / (1 << 30):F1} GiB/s");
}
