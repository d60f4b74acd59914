using Qmp.Types;

namespace Qmp.Simulation.Tests;

/// <summary>Scenarios of all kinds that fit into memory, each made of its number.</summary>
internal static class RandomScenarios
{
    private const ulong Mebi = 1 << 20;

    public static MigrationScenario Make(int seed)
    {
        var random = new Random(seed);
        ulong memory = (ulong)random.Next(2, 40) * Mebi;
        ulong own = memory - 65536; // the rest is the device's
        ulong set = Math.Max(16 * 4096, own / (ulong)random.Next(1, 8)) / 4096 * 4096;
        var capabilities = new List<MigrationCapability> { MigrationCapability.Events, MigrationCapability.ReturnPath };
        var steps = new List<ScenarioStep>();
        var parameters = new MigrateSetParameters
        {
            MaxBandwidth = random.Next(3) == 0 ? 0 : (ulong)random.Next(1, 40) * Mebi,
            DowntimeLimit = (ulong)random.Next(5, 400),
            ZeroPageDetection = (ZeroPageDetection)random.Next(3),
        };
        switch (seed % 6)
        {
            case 1:
                capabilities.Add(MigrationCapability.Xbzrle);
                parameters = parameters with { XbzrleCacheSize = Mebi << random.Next(5) };
                break;

            case 2:
                capabilities.Add(MigrationCapability.Multifd);
                parameters = parameters with
                {
                    MultifdChannels = (byte)random.Next(1, 5),
                    MultifdCompression = (MultiFDCompression)(random.Next(2) == 0 ? MultiFDCompression.None : random.Next(2) == 0 ? MultiFDCompression.Zlib : MultiFDCompression.Zstd),
                };
                break;

            case 3:
                capabilities.Add(MigrationCapability.PostcopyRam);
                if (random.Next(2) == 0) capabilities.Add(MigrationCapability.PostcopyPreempt);
                steps.Add(new ScenarioStep { AtMs = (uint)random.Next(50, 1500), On = ScenarioEnd.Source, Execute = "migrate-start-postcopy" });
                break;

            case 4:
                capabilities.Add(MigrationCapability.AutoConverge);
                break;

            case 5:
                steps.Add(new ScenarioStep { AtMs = (uint)random.Next(100, 2000), On = ScenarioEnd.Source, Execute = "migrate_cancel" });
                break;
        }

        return new MigrationScenario
        {
            Version = random.Next(3) == 0 ? "11.1" : null,
            Memory = memory,
            Contents =
            [
                new ScenarioContents { Size = memory / 2 / 4096 * 4096, Fill = (byte)random.Next(0, 101) },
                new ScenarioContents { Size = memory / 4 / 4096 * 4096, Fill = (byte)(random.Next(2) * 100) },
            ],
            Workload =
            [
                new ScenarioWorkload
                {
                    Rate = (ulong)random.Next(0, 60) * Mebi,
                    WorkingSet = set,
                    Offset = (own - set) / 4096 / (ulong)random.Next(1, 4) * 4096,
                    Pattern = (ScenarioPattern)random.Next(4),
                    Change = (uint)(1 << random.Next(13)),
                    Fill = (byte)random.Next(0, 101),
                    Seed = (uint)seed,
                },
            ],
            Devices = random.Next(4) == 0
                ? [new DeviceOptions.XWorkload { Value = new WorkloadOptions { Rate = Mebi, WorkingSet = 65536, Addr = own } }]
                : null,
            Capabilities = capabilities,
            Parameters = parameters,
            Link = new ScenarioLink
            {
                Bandwidth = (ulong)random.Next(1, 64) * Mebi,
                LatencyUs = (uint)random.Next(0, 2000),
                Buffer = random.Next(2) == 0 ? null : (uint)random.Next(1000, 4_000_000),
                CutAfter = random.Next(8) == 0 ? (ulong)random.Next(1000, 20_000_000) : null,
            },
            Neighbours = random.Next(4) == 0
                ? [new ScenarioNeighbour { Memory = 2 * Mebi, Contents = [new ScenarioContents { Size = Mebi }], Count = 2, StartMs = 300 }]
                : null,
            Steps = steps,
            LimitMs = 6000,
        };
    }
}
