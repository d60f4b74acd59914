using Qmp.Api;
using Qmp.Types;

namespace Qmp.Emulator.Commands;

/// <summary>The commands of block-core.json. There are no disks yet.</summary>
internal sealed class BlockCoreCommands : IBlockCoreCommands
{
    public ValueTask<IReadOnlyList<BlockInfo>> QueryBlockAsync(QueryBlockArguments arguments, CancellationToken cancellationToken) => new([]);

    public ValueTask<IReadOnlyList<BlockStats>> QueryBlockstatsAsync(
        QueryBlockstatsArguments arguments, CancellationToken cancellationToken) => new([]);

    public ValueTask<IReadOnlyList<BlockJobInfo>> QueryBlockJobsAsync(
        QueryBlockJobsArguments arguments, CancellationToken cancellationToken) => new([]);

    public ValueTask<IReadOnlyList<BlockDeviceInfo>> QueryNamedBlockNodesAsync(
        QueryNamedBlockNodesArguments arguments, CancellationToken cancellationToken) => new([]);
}
