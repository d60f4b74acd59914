using Qmp.Api;
using Qmp.Types;

namespace Qmp.Emulator.Commands;

/// <summary>The commands of block-export.json. No command gives a node to others.</summary>
internal sealed class BlockExportCommands : IBlockExportCommands
{
    public ValueTask<IReadOnlyList<BlockExportInfo>> QueryBlockExportsAsync(
        QueryBlockExportsArguments arguments, CancellationToken cancellationToken) => new([]);
}
