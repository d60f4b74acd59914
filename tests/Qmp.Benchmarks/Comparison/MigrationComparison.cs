using Qmp.Benchmarks.Measuring;
using Qmp.TestSupport;

namespace Qmp.Benchmarks.Comparison;

/// <summary>Whole migrations over one connection, each between two processes of the same program.</summary>
internal sealed class MigrationComparison : IComparison
{
    public string Name => "migration";

    public void Run(int rounds, Report report) => RunAsync(rounds, report).GetAwaiter().GetResult();

    private static async Task RunAsync(int rounds, Report report)
    {
        using var folder = new TemporaryFolder();
        string image = folder.File("image");
        await MemoryImage.WriteRandomAsync(image, 1024).ConfigureAwait(false);
        var run = new MigrationRun { Megabytes = 1024, Words = MemoryImage.Words(image) };
        await MigrationTurns.CompareAsync("1 GiB of random RAM", run with { IsWarm = true }, 1.1, rounds, report).ConfigureAwait(false);
        await MigrationTurns.CompareAsync("1 GiB, memory untouched before", run, 1.1, rounds, report).ConfigureAwait(false);
        await MigrationTurns.CompareAsync("4 GiB of untouched RAM", new MigrationRun { Megabytes = 4096 }, 1.0, rounds, report)
            .ConfigureAwait(false);
    }
}
