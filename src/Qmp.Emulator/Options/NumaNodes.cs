using System.Globalization;
using Qmp.Emulator.Catalogue;
using Qmp.Types;

namespace Qmp.Emulator.Options;

/// <summary>The nodes that memory and processors belong to (<c>-numa</c>). Texts are QEMU's.</summary>
internal sealed class NumaNodes
{
    private const int MaxNodes = 128;
    private const int Local = 10;

    private readonly SortedDictionary<int, NumaNodeOptions> _nodes = [];
    private readonly Dictionary<(int From, int To), int> _distances = [];
    private readonly Dictionary<long, int> _processors = [];
    private readonly CpuTopology _cpus;
    private bool _isImplied;

    private NumaNodes(CpuTopology cpus) => _cpus = cpus;

    /// <summary>No nodes.</summary>
    public static NumaNodes None { get; } = new(CpuTopology.Single);

    /// <summary>Whether nobody has asked for them: the machine has one that all memory belongs to.</summary>
    public bool IsImplied => _isImplied;

    /// <summary>How many there are.</summary>
    public int Count => _nodes.Count;

    /// <summary>The objects that are the memory of the nodes, in their order; empty if no node has one of its own.</summary>
    public IReadOnlyList<string> Memory => [.. _nodes.Values.Select(node => node.Memdev).OfType<string>()];

    /// <summary>The memory of a node; <see langword="null"/> for none.</summary>
    public string? MemoryOf(int node) => _nodes[node].Memdev;

    /// <summary>The node of a processor; <see langword="null"/> if it has none.</summary>
    public long? NodeOf(long processor)
    {
        if (_nodes.Count == 0) return null;
        if (_processors.Count > 0) return _processors.TryGetValue(processor, out int node) ? node : null;
        return processor / (_cpus.Dies * _cpus.Modules * _cpus.Cores * _cpus.Threads) % _nodes.Count;
    }

    /// <summary>Takes one more setting, while the machine is not yet made.</summary>
    /// <exception cref="CommandLineException">It contradicts the machine.</exception>
    public static NumaNodes Of(GivenOptions given, MachineType type, CpuTopology cpus)
    {
        IReadOnlyList<OptionValue<NumaOptions>> all = given.All(GuestOptionTable.Numa);
        if (all.Count == 0)
        {
            // Whoever can plug memory in has a node, as its firmware could not tell of the memory otherwise.
            if (!type.IsPc || MemoryArguments.Extra(given).Slots == 0) return None;
            var one = new NumaNodes(cpus) { _isImplied = true };
            one._nodes.Add(0, new NumaNodeOptions());
            return one;
        }

        var nodes = new NumaNodes(cpus);
        HashSet<string> memory = [.. given.All(OptionTable.Object).Select(o => o.Value).Where(IsMemory).Select(o => o.Id)];
        foreach (OptionValue<NumaOptions> option in all)
        {
            if (!type.IsPc) throw option.Error("NUMA is not supported by this machine-type");
            nodes.Add(option, memory);
        }

        return nodes;
    }

    /// <summary>Checks the whole.</summary>
    /// <param name="objects">The objects that may be memory.</param>
    /// <param name="memory">Bytes of the machine's memory.</param>
    /// <exception cref="CommandLineException">Something is missing.</exception>
    public void Complete(IEnumerable<ObjectOptions> objects, ulong memory)
    {
        if (_nodes.Count == 0 || _isImplied) return;
        for (int id = _nodes.Keys.Last() - 1; id >= 0; id--)
        {
            if (!_nodes.ContainsKey(id)) throw new CommandLineException($"numa: Node ID missing: {id}");
        }

        ulong total = 0;
        foreach (ObjectOptions made in objects.Where(o => Memory.Contains(o.Id))) total += SizeOf(made);
        if (total != memory)
        {
            throw new CommandLineException(string.Create(
                CultureInfo.InvariantCulture, $"total memory for NUMA nodes (0x{total:x}) should equal RAM size (0x{memory:x})"));
        }

        if (_distances.Count > 0) CheckDistances();
    }

    private static bool IsMemory(ObjectOptions made) =>
        made is ObjectOptions.MemoryBackendRam or ObjectOptions.MemoryBackendFile or ObjectOptions.MemoryBackendMemfd;

    private static ulong SizeOf(ObjectOptions made) => made switch
    {
        ObjectOptions.MemoryBackendRam ram => ram.Value.Size,
        ObjectOptions.MemoryBackendFile file => file.Value.Size,
        ObjectOptions.MemoryBackendMemfd file => file.Value.Size,
        _ => 0,
    };

    private void Add(OptionValue<NumaOptions> option, HashSet<string> memory)
    {
        switch (option.Value)
        {
            case NumaOptions.Node { Value: var node }:
                AddNode(option, node, memory);
                break;

            case NumaOptions.Dist { Value: var distance }:
                AddDistance(option, distance);
                break;

            case NumaOptions.Cpu { Value: var processor }:
                AddProcessors(option, processor);
                break;

            default:
                throw option.Error(
                    "ACPI Heterogeneous Memory Attribute Table (HMAT) is disabled, enable it with -machine hmat=on before using any of hmat specific options");
        }
    }

    private void AddNode(OptionValue<NumaOptions> option, NumaNodeOptions node, HashSet<string> memory)
    {
        int id = node.Nodeid ?? _nodes.Count;
        if (id >= MaxNodes) throw option.Error($"Max number of NUMA nodes reached: {id}");
        if (_nodes.ContainsKey(id)) throw option.Error($"Duplicate NUMA nodeid: {id}");
        foreach (ushort processor in node.Cpus ?? [])
        {
            if (processor >= _cpus.Most) throw option.Error($"CPU index ({processor}) should be smaller than maxcpus ({_cpus.Most})");
            _processors[processor] = id;
        }

        if (node is { Mem: not null, Memdev: not null }) throw option.Error("cannot specify both mem= and memdev=");
        if (node.Mem is not null)
        {
            throw option.Error("Parameter -numa node,mem is not supported by this machine type\nUse -numa node,memdev instead");
        }

        if (node.Memdev is { } name && !memory.Contains(name)) throw option.Error($"memdev={name} is ambiguous");
        _nodes.Add(id, node);
    }

    private void AddDistance(OptionValue<NumaOptions> option, NumaDistOptions distance)
    {
        if (distance.Src >= MaxNodes) throw option.Error("Parameter 'src' expects an integer between 0 and 127");
        if (distance.Dst >= MaxNodes) throw option.Error("Parameter 'dst' expects an integer between 0 and 127");
        if (!_nodes.ContainsKey(distance.Src) || !_nodes.ContainsKey(distance.Dst))
        {
            throw option.Error("Source/Destination NUMA node is missing. Please use '-numa node' option to declare it first.");
        }

        if (distance.Val < Local) throw option.Error($"NUMA distance ({distance.Val}) is invalid, it shouldn't be less than {Local}.");
        if (distance.Src == distance.Dst && distance.Val != Local) throw option.Error($"Local distance of node {distance.Src} should be {Local}.");
        _distances[(distance.Src, distance.Dst)] = distance.Val;
    }

    private void AddProcessors(OptionValue<NumaOptions> option, NumaCpuOptions wanted)
    {
        if (wanted.NodeId is not { } node) throw option.Error("Missing mandatory node-id property");
        if (node < 0 || !_nodes.ContainsKey((int)Math.Min(node, int.MaxValue)))
        {
            throw option.Error(
                $"Invalid node-id={node}, NUMA node must be defined with -numa node,nodeid=ID before it's used with -numa cpu,node-id=ID");
        }

        bool isFound = false;
        for (long processor = 0; processor < _cpus.Most; processor++)
        {
            CpuPlace place = _cpus.PlaceOf(processor);
            if ((wanted.SocketId ?? place.Socket) != place.Socket || (wanted.DieId ?? place.Die) != place.Die
                || (wanted.ModuleId ?? place.Module) != place.Module || (wanted.CoreId ?? place.Core) != place.Core
                || (wanted.ThreadId ?? place.Thread) != place.Thread)
            {
                continue;
            }

            _processors[processor] = (int)node;
            isFound = true;
        }

        if (!isFound) throw option.Error("no match found");
    }

    private void CheckDistances()
    {
        foreach (int from in _nodes.Keys)
        {
            foreach (int to in _nodes.Keys.Where(to => to > from))
            {
                if (_distances.ContainsKey((from, to)) || _distances.ContainsKey((to, from))) continue;
                throw new CommandLineException(
                    $"The distance between node {from} and {to} is missing, at least one distance value between each nodes should be provided.");
            }
        }
    }
}
