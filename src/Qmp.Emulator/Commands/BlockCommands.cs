using Qmp.Api;
using Qmp.Emulator.Blocks;
using Qmp.Types;

namespace Qmp.Emulator.Commands;

/// <summary>The commands of block.json.</summary>
#pragma warning disable CS0618 // deprecated members are still taken
internal sealed class BlockCommands(Disks disks) : IBlockCommands
{
    public ValueTask EjectAsync(EjectArguments arguments, CancellationToken cancellationToken)
    {
        Disk disk = disks.Find(arguments.Device, arguments.Id);
        disks.MoveTray(disk, opens: true);
        disks.RemoveMedium(disk);
        return ValueTask.CompletedTask;
    }

    public ValueTask BlockdevOpenTrayAsync(BlockdevOpenTrayArguments arguments, CancellationToken cancellationToken)
    {
        disks.MoveTray(disks.Find(arguments.Device, arguments.Id), opens: true);
        return ValueTask.CompletedTask;
    }

    public ValueTask BlockdevCloseTrayAsync(BlockdevCloseTrayArguments arguments, CancellationToken cancellationToken)
    {
        disks.MoveTray(disks.Find(arguments.Device, arguments.Id), opens: false);
        return ValueTask.CompletedTask;
    }

    public ValueTask BlockdevRemoveMediumAsync(BlockdevRemoveMediumArguments arguments, CancellationToken cancellationToken)
    {
        disks.RemoveMedium(disks.Find(null, arguments.Id));
        return ValueTask.CompletedTask;
    }

    public ValueTask BlockdevInsertMediumAsync(BlockdevInsertMediumArguments arguments, CancellationToken cancellationToken)
    {
        disks.InsertMedium(disks.Find(null, arguments.Id), arguments.NodeName);
        return ValueTask.CompletedTask;
    }

    public ValueTask BlockdevChangeMediumAsync(BlockdevChangeMediumArguments arguments, CancellationToken cancellationToken)
    {
        disks.ChangeMedium(disks.Find(arguments.Device, arguments.Id), arguments);
        return ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyList<PRManagerInfo>> QueryPrManagersAsync(
        QueryPrManagersArguments arguments, CancellationToken cancellationToken) => new([]);
}
