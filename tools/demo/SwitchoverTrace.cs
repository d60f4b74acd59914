using System.Globalization;

namespace Demo;

/// <summary>Reads from the trace of a source when the destination acknowledged the switchover.</summary>
internal static class SwitchoverTrace
{
    private const string Started = "migration_set_state";
    private const string Acknowledged = "source_return_path_thread_switchover_acked";

    /// <summary>What <c>-d</c> needs for this.</summary>
    public static string Patterns { get; } = $"trace:{Started},trace:{Acknowledged}";

    /// <returns>How long after the start the ack came; <see langword="null"/> if it did not.</returns>
    public static TimeSpan? AckDelay(string path)
    {
        TimeSpan? started = null;
        foreach (string line in File.ReadLines(path))
        {
            int space = line.IndexOf(' ');
            if (space < 0) continue;
            string rest = line[(space + 1)..];
            if (rest.StartsWith(Started, StringComparison.Ordinal)) started ??= Time(line[..space]);
            if (rest.StartsWith(Acknowledged, StringComparison.Ordinal)) return Since(started, Time(line[..space]));
        }

        return null;
    }

    private static TimeSpan Time(string text) => TimeSpan.Parse(text, CultureInfo.InvariantCulture);

    // A trace has times of day, and midnight may lie between two of them.
    private static TimeSpan? Since(TimeSpan? start, TimeSpan end) =>
        start is null ? null : end >= start ? end - start : end - start + TimeSpan.FromDays(1);
}
