using Qmp.Server.Dispatch;
using Qmp.Types;

namespace Qmp.Emulator.Blocks;

/// <summary>Checks options that a node is to get. Texts are QEMU's.</summary>
internal static class BlockReopening
{
    /// <exception cref="CommandException">There is no such node, or an option cannot change.</exception>
    public static void Check(BlockGraph graph, BlockdevOptions options)
    {
        if (options.NodeName is not { } name) throw new CommandException("node-name not specified");
        BlockNode node = graph.Find(name) ?? throw new CommandException($"Failed to find node with node-name='{name}'");
        if (options.Driver != node.Options.Driver) throw new CommandException("Cannot change the option 'driver'");
        if (options.ReadOnly == true && (node.Device is not null || node.Parents.Exists(p => !p.IsReadOnly)))
        {
            throw new CommandException($"Read-only block node '{name}' cannot support read-write users");
        }

        switch (options, node.Options)
        {
            case (BlockdevOptions.File wanted, BlockdevOptions.File now) when wanted.Value.Filename != now.Value.Filename:
                throw new CommandException("Cannot change the option 'filename'");

            case (BlockdevOptions.NullCo wanted, BlockdevOptions.NullCo now) when wanted.Value.Size is null && now.Value.Size is not null:
                throw new CommandException("Option 'size' cannot be reset to its default value");

            case (BlockdevOptions.NullCo wanted, BlockdevOptions.NullCo now) when wanted.Value.Size != now.Value.Size:
                throw new CommandException("Cannot change the option 'size'");
        }
    }
}
