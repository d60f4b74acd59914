using Newtonsoft.Json.Linq;
using Qmp.Emulator.Objects;

namespace Qmp.Emulator.Devices;

/// <summary>What a balloon tells of the guest's memory: no driver of the guest has told it anything.</summary>
internal static class GuestStatistics
{
    private static readonly string[] Names =
    [
        "stat-swap-in", "stat-swap-out", "stat-major-faults", "stat-minor-faults", "stat-free-memory", "stat-total-memory",
        "stat-available-memory", "stat-disk-caches", "stat-htlb-pgalloc", "stat-htlb-pgfail", "stat-oom-kills",
        "stat-alloc-stalls", "stat-async-scans", "stat-direct-scans", "stat-async-reclaims", "stat-direct-reclaims",
    ];

    /// <summary>Gives a device the properties.</summary>
    public static void Define(ObjectNode balloon)
    {
        JToken interval = 0;
        balloon.Define(new ObjectProperty("guest-stats-polling-interval", "int", () => interval, value => interval = value));
        balloon.Define(new ObjectProperty("guest-stats", "guest statistics", () => new JObject
        {
            ["last-update"] = 0,
            ["stats"] = new JObject(Names.Select(name => new JProperty(name, ulong.MaxValue))),
        }));
    }
}
