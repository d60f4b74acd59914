using System.Globalization;
using System.Text;
using Qmp.Emulator.Machines;
using Qmp.Machine.Memory;

namespace Qmp.Emulator.Commands;

/// <summary>What QEMU tells of a machine in text for people.</summary>
internal static class MachineTexts
{
    /// <summary>The nodes that memory and processors belong to.</summary>
    public static string Nodes(BuiltMachine built)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{built.Nodes.Count} nodes\n");
        for (int node = 0; node < built.Nodes.Count; node++)
        {
            text.Append(CultureInfo.InvariantCulture, $"node {node} cpus:");
            for (int processor = 0; processor < built.Processors.Count; processor++)
            {
                if (built.Nodes.NodeOf(processor) == node) text.Append(CultureInfo.InvariantCulture, $" {processor}");
            }

            ulong plugged = built.MemoryDevices.OfNode(node);
            ulong size = OwnOf(built, node) + plugged;
            text.Append(CultureInfo.InvariantCulture, $"\nnode {node} size: {size >> 20} MB\nnode {node} plugged: {plugged >> 20} MB\n");
        }

        return text.ToString();
    }

    // The one node of a machine that none was asked for has all.
    private static ulong OwnOf(BuiltMachine built, int node) => built.Nodes switch
    {
        { IsImplied: true } => built.Machine.Memory.Find(built.MainMemory)?.Length ?? 0,
        var nodes => nodes.MemoryOf(node) is { } name ? built.Machine.Memory.Find(name)?.Length ?? 0 : 0,
    };

    /// <summary>The blocks of memory, as far as it makes sense outside: where the host has them is left open.</summary>
    public static string Blocks(GuestMemory memory)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{"Block Name",24} {"PSize",8}  {"Offset",18} {"Used",18} {"Total",18} {"HVA",18}  RO\n");
        ulong offset = 0;
        foreach (RamBlock block in memory.Blocks)
        {
            text.Append(CultureInfo.InvariantCulture, $"{block.Id,24} {"4 KiB",8}  0x{offset:x16} 0x{block.Length:x16} 0x{block.Length:x16} 0x{0:x16}  rw\n");
            offset += block.Length;
        }

        return text.ToString();
    }
}
