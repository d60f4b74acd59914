using Qmp.Benchmarks.Measuring;
using Qmp.TestSupport;
using Qmp.Types;

namespace Qmp.Benchmarks.Comparison;

/// <summary>Migrations of 1 GiB over two channels that compress.</summary>
internal sealed class CompressionComparison : IComparison
{
    private const double Least = 1.0;

    public string Name => "compression";

    public void Run(int rounds, Report report) => RunAsync(rounds, report).GetAwaiter().GetResult();

    private static async Task RunAsync(int rounds, Report report)
    {
        using var folder = new TemporaryFolder();
        string random = folder.File("random");
        string third = folder.File("third");
        await MemoryImage.WriteRandomAsync(random, 1024).ConfigureAwait(false);
        await MemoryImage.WriteCompressibleAsync(third, 1024).ConfigureAwait(false);
        foreach (MultiFDCompression compression in (MultiFDCompression[])[MultiFDCompression.Zstd, MultiFDCompression.Zlib])
        {
            string name = compression.ToString().ToLowerInvariant();
            await MigrationTurns.CompareAsync($"{name}, 3 : 1", ChannelComparison.Over(2, third, compression), Least, rounds, report)
                .ConfigureAwait(false);
            await MigrationTurns.CompareAsync($"{name}, random", ChannelComparison.Over(2, random, compression), Least, rounds, report)
                .ConfigureAwait(false);
        }
    }
}
