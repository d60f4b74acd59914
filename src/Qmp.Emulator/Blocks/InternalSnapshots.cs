using Qmp.Machine;
using Qmp.Migration;
using Qmp.Protocol.Threading;
using Qmp.Server.Dispatch;
using Qmp.Types;

namespace Qmp.Emulator.Blocks;

/// <summary>Snapshots of the machine in images, as far as they go: QEMU's checks, in its order and with its texts.</summary>
/// <remarks>
/// Images are read here and never written. So what would write into one, or put a disk back, ends in words of our own; a
/// machine is saved with <c>migrate</c> to a file instead. Used with the machine's lock held.
/// </remarks>
internal sealed class InternalSnapshots(VirtualMachine machine, MigrationCore migration, BlockGraph blocks)
{
    private const string NoPlace = "no block device can store vmstate for snapshot";

    /// <summary>Saves the machine as a snapshot.</summary>
    /// <param name="tag">Its name, or <see langword="null"/> for one made up, which no other has.</param>
    /// <param name="vmstate">The node for the state of the machine, or <see langword="null"/> for the first that can.</param>
    /// <param name="devices">The nodes, or <see langword="null"/> for all that a guest could write to.</param>
    /// <param name="replaces">Whether an older one of that name goes.</param>
    /// <exception cref="CommandException">It cannot be saved.</exception>
    public void Save(string? tag, string? vmstate, IReadOnlyList<string>? devices, bool replaces)
    {
        if (migration.Blockers.Reasons is [string reason, ..]) throw new CommandException(reason);
        IReadOnlyList<BlockNode> nodes = Writable(devices);
        if (!replaces && nodes.Any(node => Has(node, tag!)))
        {
            throw new CommandException($"Snapshot '{tag}' already exists in one or more devices");
        }

        CheckPlace(vmstate, nodes);
        throw new CommandException("images are not written here: migrate to a file to save this machine");
    }

    /// <summary>Stops the guest, for a snapshot to be loaded.</summary>
    public async ValueTask StopAsync()
    {
        if (machine.IsLive) await machine.StopAsync(RunState.RestoreVm).ConfigureAwait(OrderedContext.IsCurrent);
    }

    /// <summary>Goes back to a snapshot.</summary>
    /// <inheritdoc cref="Save" path="/param"/>
    /// <exception cref="CommandException">It cannot be loaded.</exception>
    public void Load(string tag, string? vmstate, IReadOnlyList<string>? devices)
    {
        IReadOnlyList<BlockNode> nodes = Writable(devices);
        if (!nodes.All(node => Has(node, tag)))
        {
            throw new CommandException($"Snapshot '{tag}' does not exist in one or more devices");
        }

        CheckPlace(vmstate, nodes);
        throw new CommandException("disks are not put back here: the machine cannot go back to a snapshot");
    }

    /// <summary>Deletes a snapshot, where it is.</summary>
    /// <inheritdoc cref="Save" path="/param"/>
    /// <exception cref="CommandException">It cannot be deleted.</exception>
    public void Delete(string tag, IReadOnlyList<string>? devices)
    {
        if (Writable(devices).Any(node => Has(node, tag)))
        {
            throw new CommandException("images are not written here: use qemu-img to delete a snapshot");
        }
    }

    private IReadOnlyList<BlockNode> Writable(IReadOnlyList<string>? devices)
    {
        if (devices is { Count: 0 }) throw new CommandException("At least one device is required for snapshot");
        BlockNode[] nodes = devices is null
            ? [.. blocks.Nodes.Reverse().Where(node => node.Parents.Count == 0 && !node.IsReadOnly)]
            : [.. devices.Select(name => blocks.Find(name) ?? throw new CommandException($"No block device node '{name}'"))];
        if (Array.Find(nodes, node => node.Header is null || node.IsReadOnly) is { } unable)
        {
            throw new CommandException($"Device '{unable.Device ?? unable.Name}' is writable but does not support snapshots");
        }

        return nodes;
    }

    private static void CheckPlace(string? vmstate, IReadOnlyList<BlockNode> nodes)
    {
        if (vmstate is null && nodes.Count == 0) throw new CommandException(NoPlace);
        if (vmstate is not null && nodes.All(node => node.Name != vmstate))
        {
            throw new CommandException($"vmstate block device '{vmstate}' does not exist");
        }
    }

    private static bool Has(BlockNode node, string tag) =>
        Qcow2Snapshots.Read(node.File!.Handle!).Any(snapshot => snapshot.Name == tag || snapshot.Id == tag);
}
