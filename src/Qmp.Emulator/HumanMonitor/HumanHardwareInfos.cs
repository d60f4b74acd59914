using System.Globalization;
using System.Text;
using Qmp.Api;
using Qmp.Emulator.Devices;
using Qmp.Emulator.Machines;
using Qmp.Emulator.Objects;
using Qmp.Protocol.Threading;
using Qmp.Server.Dispatch;
using Qmp.Types;

namespace Qmp.Emulator.HumanMonitor;

/// <summary>What <c>info</c> tells of devices, memory, networks and objects.</summary>
internal sealed class HumanHardwareInfos
{
    public HumanHardwareInfos(BuiltMachine built, IMachineCommands machine, IUiCommands ui)
    {
        All =
        [
            Info("network", "show the network state", () => new(NetworkText.Of(built.Networks))),
            Info("pci", "show PCI info", () => new(PciText.Of(new PciView(built.Buses, built.Version.Recorded).List()))),
            new(["qtree"], "[-b]", "show device tree (-b: brief, omit properties)", arguments =>
            {
                bool isBrief = arguments.Flags("b").Contains('b');
                arguments.End();
                return new(DeviceTreeText.Of(new DeviceTree(built.Tree, built.Plugged), isBrief ? null : new PciView(built.Buses, built.Version.Recorded)));
            }),
            new(["qom-tree"], "[path]", "show QOM composition tree", arguments =>
            {
                string? path = arguments.OptionalText();
                arguments.End();
                return new(ObjectTreeText(built.Tree, path));
            }),
            Info("memdev", "show memory backends", async () =>
                MemoryText.Backends(await machine.QueryMemdevAsync(new QueryMemdevArguments(), CancellationToken.None).ConfigureAwait(OrderedContext.IsCurrent))),
            Info("memory-devices", "show memory devices", async () =>
                MemoryText.Devices(await machine.QueryMemoryDevicesAsync(new QueryMemoryDevicesArguments(), CancellationToken.None).ConfigureAwait(OrderedContext.IsCurrent))),
            Info(
                "memory_size_summary",
                "show the amount of initially allocated and present hotpluggable (if enabled) memory in bytes.",
                async () => MemoryText.Summary(await machine.QueryMemorySizeSummaryAsync(new QueryMemorySizeSummaryArguments(), CancellationToken.None).ConfigureAwait(OrderedContext.IsCurrent))),
            Info("numa", "show NUMA information", async () =>
                (await machine.XQueryNumaAsync(new XQueryNumaArguments(), CancellationToken.None).ConfigureAwait(OrderedContext.IsCurrent)).HumanReadableTextMember),
            Info("ramblock", "Display system ramblock information", async () =>
                (await machine.XQueryRamblockAsync(new XQueryRamblockArguments(), CancellationToken.None).ConfigureAwait(OrderedContext.IsCurrent)).HumanReadableTextMember),
            Info("balloon", "show balloon information", async () =>
                Balloon(await machine.QueryBalloonAsync(new QueryBalloonArguments(), CancellationToken.None).ConfigureAwait(OrderedContext.IsCurrent))),
            Info("hotpluggable-cpus", "Show information about hotpluggable CPUs", async () =>
                Places(await machine.QueryHotpluggableCpusAsync(new QueryHotpluggableCpusArguments(), CancellationToken.None).ConfigureAwait(OrderedContext.IsCurrent))),
            Info("vm-generation-id", "Show Virtual Machine Generation ID", async () =>
                (await machine.QueryVmGenerationIdAsync(new QueryVmGenerationIdArguments(), CancellationToken.None).ConfigureAwait(OrderedContext.IsCurrent)).Guid + "\n"),
            Info("mice", "show which guest mouse is receiving events", async () =>
                Mice(await ui.QueryMiceAsync(new QueryMiceArguments(), CancellationToken.None).ConfigureAwait(OrderedContext.IsCurrent))),
            Info("iothreads", "show iothreads", () => new(string.Concat(IothreadInfos.Of(built.Tree).Select(Describe)))),
        ];
    }

    public IReadOnlyList<HumanCommand> All { get; }

    private static HumanCommand Info(string name, string help, Func<ValueTask<string>> text) => new([name], "", help, arguments =>
    {
        arguments.End();
        return text();
    });

    private static string ObjectTreeText(ObjectTree tree, string? path)
    {
        ObjectNode node;
        try
        {
            node = path is null ? tree.Machine : tree.Find(path);
        }
        catch (CommandException e) when (e.Message.StartsWith("Device", StringComparison.Ordinal))
        {
            return $"Path '{path}' could not be resolved.\n";
        }

        var text = new StringBuilder();
        Append(node, 0);
        return text.ToString();

        void Append(ObjectNode from, int depth)
        {
            text.Append(' ', depth * 2).Append('/').Append(from.Name).Append(" (").Append(from.Type).Append(")\n");
            foreach (ObjectNode child in from.Children.OrderBy(c => c.Name, StringComparer.Ordinal)) Append(child, depth + 1);
        }
    }

    private static string Balloon(BalloonInfo balloon) => string.Create(CultureInfo.InvariantCulture, $"balloon: actual={balloon.Actual >> 20}\n");

    private static string Places(IEnumerable<HotpluggableCPU> places)
    {
        var text = new StringBuilder("Hotpluggable CPUs:\n");
        foreach (HotpluggableCPU place in places)
        {
            text.Append(CultureInfo.InvariantCulture, $"  type: \"{place.Type}\"\n  vcpus_count: \"{place.VcpusCount}\"\n");
            if (place.QomPath is { } path) text.Append(CultureInfo.InvariantCulture, $"  qom_path: \"{path}\"\n");
            text.Append("  CPUInstance Properties:\n");
            foreach ((string name, long? number) in (ReadOnlySpan<(string, long?)>)[
                ("node-id", place.Props.NodeId), ("socket-id", place.Props.SocketId), ("die-id", place.Props.DieId),
                ("module-id", place.Props.ModuleId), ("core-id", place.Props.CoreId), ("thread-id", place.Props.ThreadId)])
            {
                if (number is not null) text.Append(CultureInfo.InvariantCulture, $"    {name}: \"{number}\"\n");
            }
        }

        return text.ToString();
    }

    private static string Mice(IReadOnlyList<MouseInfo> mice) => mice.Count == 0
        ? "No mouse devices connected\n"
        : string.Concat(mice.Select(mouse => string.Create(
            CultureInfo.InvariantCulture,
            $"{(mouse.Current ? '*' : ' ')} Mouse #{mouse.Index}: {mouse.Name}{(mouse.Absolute ? " (absolute)" : "")}\n")));

    private static string Describe(IOThreadInfo thread) => string.Create(
        CultureInfo.InvariantCulture,
        $"{thread.Id}:\n  thread_id={thread.ThreadId}\n  poll-max-ns={thread.PollMaxNs}\n  poll-grow={thread.PollGrow}\n"
        + $"  poll-shrink={thread.PollShrink}\n  aio-max-batch={thread.AioMaxBatch}\n");
}
