using Qmp.Api;
using Qmp.Emulator.Blocks;
using Qmp.Emulator.Files;
using Qmp.Protocol.Threading;
using Qmp.Server.Dispatch;
using Qmp.Types;

namespace Qmp.Emulator.Commands;

/// <summary>The commands of block-core.json.</summary>
internal sealed class BlockCoreCommands(BlockGraph graph, Disks disks, Func<Func<ValueTask>, Task> offload) : IBlockCoreCommands
{
    public ValueTask<IReadOnlyList<BlockInfo>> QueryBlockAsync(QueryBlockArguments arguments, CancellationToken cancellationToken) =>
        new([
            .. disks.All.Select(disk => BlockInfos.Describe(disk, arguments.Flat ?? false)),
        ]);

    public ValueTask<IReadOnlyList<BlockStats>> QueryBlockstatsAsync(
        QueryBlockstatsArguments arguments, CancellationToken cancellationToken) => arguments.QueryNodes == true
        ? new([.. graph.Nodes.Reverse().Select(node => BlockInfos.Stats(node))])
        : new([.. disks.All.Select(BlockInfos.Stats)]);

    // No command begins one.
    public ValueTask<IReadOnlyList<BlockJobInfo>> QueryBlockJobsAsync(
        QueryBlockJobsArguments arguments, CancellationToken cancellationToken) => new([]);

    public ValueTask<IReadOnlyList<BlockDeviceInfo>> QueryNamedBlockNodesAsync(
        QueryNamedBlockNodesArguments arguments, CancellationToken cancellationToken) =>
        new([.. graph.Nodes.Select(node => BlockInfos.Describe(node, arguments.Flat ?? false))]);

    public ValueTask BlockResizeAsync(BlockResizeArguments arguments, CancellationToken cancellationToken)
    {
        BlockNode? ofDevice = arguments.Device is { } name ? disks.MediumOf(name) : null;
        BlockGraph.Resize(ofDevice ?? graph.Named(arguments.Device, arguments.NodeName), arguments.Size);
        return ValueTask.CompletedTask;
    }

    // A file with rules may be a FIFO: whoever opens it waits, and so do all commands in band, as in QEMU.
    public async ValueTask BlockdevAddAsync(BlockdevOptions arguments, CancellationToken cancellationToken)
    {
        if (arguments is BlockdevOptions.Blkdebug { Value.Config: { } rules }) await offload(() => ReadRules(rules)).ConfigureAwait(OrderedContext.IsCurrent);
        graph.Add(arguments);
    }

    private static ValueTask ReadRules(string path)
    {
        try
        {
            _ = File.ReadAllText(path);
            return ValueTask.CompletedTask;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CommandException($"Could not read blkdebug config file: {FileErrors.Text(e)}");
        }
    }

    // What differs is checked: only what can change in place does, which is whether it can be written to.
    public ValueTask BlockdevReopenAsync(BlockdevReopenArguments arguments, CancellationToken cancellationToken)
    {
        foreach (BlockdevOptions options in arguments.Options) BlockReopening.Check(graph, options);
        foreach (BlockdevOptions options in arguments.Options) graph.Find(options.NodeName!)!.Options = options;
        return ValueTask.CompletedTask;
    }

    public ValueTask BlockdevDelAsync(BlockdevDelArguments arguments, CancellationToken cancellationToken)
    {
        graph.Remove(arguments.NodeName);
        return ValueTask.CompletedTask;
    }

    public ValueTask BlockdevSetActiveAsync(BlockdevSetActiveArguments arguments, CancellationToken cancellationToken)
    {
        if (arguments.NodeName is { } name)
        {
            BlockNode node = graph.Find(name) ?? throw new CommandException($"Failed to find node with node-name='{name}'");
            if (!arguments.Active && node.Device is not null) throw new CommandException("Node has active users");
            node.IsActive = arguments.Active;
            return ValueTask.CompletedTask;
        }

        if (arguments.Active && graph.Acquire() is { } refusal) throw new CommandException(refusal);
        foreach (BlockNode node in graph.Nodes.Where(n => !arguments.Active && n.Device is null)) node.IsActive = false;
        return ValueTask.CompletedTask;
    }

    public ValueTask<XDbgBlockGraph> XDebugQueryBlockGraphAsync(
        XDebugQueryBlockGraphArguments arguments, CancellationToken cancellationToken) => new(BlockInfos.Graph(graph, disks));
}
