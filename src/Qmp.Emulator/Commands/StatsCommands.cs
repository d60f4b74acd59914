using Qmp.Api;
using Qmp.Types;

namespace Qmp.Emulator.Commands;

/// <summary>The commands of stats.json. What could be counted is there by name; nothing that counts it is.</summary>
internal sealed class StatsCommands : IStatsCommands
{
    // The newest first, as QEMU lists them.
    private static readonly string[] OfCryptography =
    [
        "asym-verify-bytes", "asym-sign-bytes", "asym-decrypt-bytes", "asym-encrypt-bytes", "asym-verify-ops", "asym-sign-ops",
        "asym-decrypt-ops", "asym-encrypt-ops", "sym-decrypt-bytes", "sym-encrypt-bytes", "sym-decrypt-ops", "sym-encrypt-ops",
    ];

    public ValueTask<IReadOnlyList<StatsResult>> QueryStatsAsync(StatsFilter arguments, CancellationToken cancellationToken) => new([]);

    public ValueTask<IReadOnlyList<StatsSchema>> QueryStatsSchemasAsync(
        QueryStatsSchemasArguments arguments, CancellationToken cancellationToken) =>
        new(arguments.Provider is null or StatsProvider.Cryptodev
            ?
            [
                new StatsSchema
                {
                    Provider = StatsProvider.Cryptodev,
                    Target = StatsTarget.Cryptodev,
                    Stats = [.. OfCryptography.Select(name => new StatsSchemaValue { Name = name, Type = StatsType.Cumulative, Exponent = 0 })],
                },
            ]
            : []);
}
