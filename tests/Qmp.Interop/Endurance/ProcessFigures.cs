using System.Diagnostics;
using System.Globalization;

namespace Qmp.Interop.Endurance;

/// <summary>What a process holds.</summary>
/// <param name="Descriptors">Its open descriptors.</param>
/// <param name="Threads">Its threads.</param>
/// <param name="Resident">Its resident memory, in bytes.</param>
internal readonly record struct ProcessFigures(int Descriptors, int Threads, long Resident)
{
    /// <summary>The heading of <see cref="ToString"/>.</summary>
    public static string Heading(string name) => string.Create(CultureInfo.InvariantCulture, $"{name} fds\tthreads\tMiB");

    /// <summary>Those of a process.</summary>
    public static ProcessFigures Of(int id)
    {
        using var process = Process.GetProcessById(id);
        int descriptors = Directory.GetFileSystemEntries($"/proc/{id}/fd").Length;
        return new ProcessFigures(descriptors, process.Threads.Count, process.WorkingSet64);
    }

    /// <summary>The medians of several.</summary>
    public static ProcessFigures Median(IReadOnlyList<ProcessFigures> figures) =>
        new((int)Middle(figures, f => f.Descriptors), (int)Middle(figures, f => f.Threads), Middle(figures, f => f.Resident));

    /// <summary>Whether these are more than those of an earlier time by what cannot be chance.</summary>
    public bool Exceeds(ProcessFigures earlier) =>
        Descriptors > earlier.Descriptors + 4 || Threads > earlier.Threads + 4 || Resident > earlier.Resident + (earlier.Resident / 10);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Descriptors}\t{Threads}\t{Resident >> 20}");

    private static long Middle(IReadOnlyList<ProcessFigures> figures, Func<ProcessFigures, long> value) =>
        figures.Select(value).Order().ElementAt(figures.Count / 2);
}
