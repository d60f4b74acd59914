namespace Demo;

/// <summary>How high a wait is drawn: by its logarithm, as waits for a page and those through a pause are drawn side by side.</summary>
internal static class LatencyScale
{
    private const double Least = 0.1; // ms
    private const double Most = 1000;

    /// <summary>What is drawn, in words.</summary>
    public const string Range = "0.1 ms to 1 s";

    /// <summary>The height of a wait, from 0 to 1; 0 only for none.</summary>
    public static double HeightOf(TimeSpan wait) => wait <= TimeSpan.Zero ? 0
        : Math.Clamp(Math.Log10(wait.TotalMilliseconds / Least) / Math.Log10(Most / Least), 0.02, 1);
}
