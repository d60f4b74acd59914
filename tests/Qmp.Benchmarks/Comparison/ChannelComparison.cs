using Qmp.Benchmarks.Measuring;
using Qmp.TestSupport;
using Qmp.Types;

namespace Qmp.Benchmarks.Comparison;

/// <summary>Migrations of 1 GiB over several channels, and into a file.</summary>
internal sealed class ChannelComparison : IComparison
{
    private const int Megabytes = 1024;
    private const string InMemory = "/dev/shm";

    public string Name => "channels";

    /// <summary>A migration over channels, into memory that was touched before.</summary>
    public static MigrationRun Over(byte channels, string image, MultiFDCompression compression = MultiFDCompression.None) => new()
    {
        Megabytes = Megabytes,
        Words = MemoryImage.Words(image),
        IsWarm = true,
        Capabilities = [MigrationCapability.Multifd],
        Parameters = new() { MultifdChannels = channels, MultifdCompression = compression },
    };

    public void Run(int rounds, Report report) => RunAsync(rounds, report).GetAwaiter().GetResult();

    private static async Task RunAsync(int rounds, Report report)
    {
        using var folder = new TemporaryFolder();
        string random = folder.File("random");
        await MemoryImage.WriteRandomAsync(random, Megabytes).ConfigureAwait(false);
        MigrationRun saved = Over(2, random) with
        {
            Capabilities = [MigrationCapability.Multifd, MigrationCapability.MappedRam],
            SavedIn = Directory.Exists(InMemory) ? InMemory : folder.Path,
        };
        (string Work, MigrationRun Run, double Least)[] all =
        [
            ("multifd, 2 channels", Over(2, random), 1.2),
            ("multifd, 4 channels", Over(4, random), 1.0),
            ("multifd, 2, memory untouched before", Over(2, random) with { IsWarm = false }, 1.2),
            ("multifd, 4, memory untouched before", Over(4, random) with { IsWarm = false }, 1.0),
            ("mapped-ram, 2 channels", saved, 1.2),
        ];
        foreach ((string work, MigrationRun run, double least) in all)
        {
            await MigrationTurns.CompareAsync(work, run, least, rounds, report).ConfigureAwait(false);
        }
    }
}
