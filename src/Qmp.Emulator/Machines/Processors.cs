using System.Globalization;
using Newtonsoft.Json.Linq;
using Qmp.Emulator.Catalogue;
using Qmp.Emulator.Objects;
using Qmp.Emulator.Options;
using Qmp.Machine.Time;
using Qmp.Types;

namespace Qmp.Emulator.Machines;

/// <summary>The processors of a machine, which execute nothing. Each has an object, and a thread once somebody asks for it.</summary>
/// <remarks>Used with the machine's lock held.</remarks>
internal sealed class Processors
{
    private const string TypeSuffix = "-x86_64-cpu";
    private const string DefaultModel = "qemu64";

    private readonly CpuTopology _topology;
    private readonly NumaNodes _nodesOfMemory;
    private readonly ObjectNode[] _nodes;
    private readonly Timeline _timeline;
    private readonly List<(Activity Activity, Waker End)> _threads = [];

    /// <param name="type">The type of the machine.</param>
    /// <param name="options">What is asked for.</param>
    /// <param name="tree">Gets their objects.</param>
    /// <param name="timeline">Where their threads run.</param>
    public Processors(MachineType type, EmulatorOptions options, ObjectTree tree, Timeline timeline)
    {
        _topology = options.Cpus;
        _nodesOfMemory = options.Nodes;
        _timeline = timeline;
        HasAny = type.IsPc;
        string words = options.Given.Last(OptionTable.Cpu)?.Value ?? DefaultModel;
        Model = words.Split(',')[0];
        var given = new Lazy<JObject>(() => ProcessorModel.Properties(Model, ProcessorModel.Features(words)));

        // The second device of a PC belongs to the first processor.
        _nodes = HasAny
            ? [.. Enumerable.Range(0, (int)_topology.Count).Select(i => tree.Unattached.Add(
                new ObjectNode(Model + TypeSuffix, $"device[{(i == 0 ? 0 : i + 1)}]") { IsDevice = true, Values = name => ValueOf(given.Value, name) }))]
            : [];
    }

    /// <summary>Whether the machine has processors.</summary>
    public bool HasAny { get; }

    /// <summary>Their model.</summary>
    public string Model { get; }

    /// <summary>How many there are.</summary>
    public int Count => _nodes.Length;

    /// <summary>The processors, as <c>query-cpus-fast</c> lists them.</summary>
    public IReadOnlyList<CpuInfoFast> List() =>
    [
        .. _nodes.Select((node, index) => new CpuInfoFast.X86_64
        {
            CpuIndex = index,
            QomPath = node.Path,
            ThreadId = ThreadOf(index),
            Props = Place(index),
        }),
    ];

    /// <summary>The places for processors, the last one first.</summary>
    public IReadOnlyList<HotpluggableCPU> Places() =>
    [
        .. Enumerable.Range(0, (int)_topology.Most).Reverse().Select(index => new HotpluggableCPU
        {
            Type = Model + TypeSuffix,
            VcpusCount = 1,
            Props = Place(index),
            QomPath = index < Count ? _nodes[index].Path : null,
        }),
    ];

    /// <summary>Ends their threads.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach ((_, Waker end) in _threads) end.Wake();
        foreach ((Activity activity, _) in _threads) await activity.JoinAsync().ConfigureAwait(false);
        _threads.Clear();
    }

    private static JToken? ValueOf(JObject properties, string name) => name switch
    {
        "realized" => true,
        "unavailable-features" => new JArray(),
        "parent_bus" => "/machine/unattached/sysbus",
        _ => properties[name],
    };

    private CpuInstanceProperties Place(int index)
    {
        CpuPlace place = _topology.PlaceOf(index);
        return new CpuInstanceProperties
        {
            NodeId = _nodesOfMemory.NodeOf(index),
            ThreadId = place.Thread,
            CoreId = place.Core,
            ModuleId = _topology.Modules > 1 ? place.Module : null,
            DieId = _topology.Dies > 1 ? place.Die : null,
            SocketId = place.Socket,
        };
    }

    // A thread that only waits: people pin it and look at its time. In virtual time there are none, and the process stands in.
    private long ThreadOf(int index)
    {
        while (_threads.Count <= index)
        {
            Waker end = _timeline.CreateWaker();
            string name = string.Create(CultureInfo.InvariantCulture, $"CPU {_threads.Count}/TCG");
            using var started = new ManualResetEventSlim();
            Activity activity = _timeline.Start(name, async () =>
            {
                started.Set();
                await end.WaitAsync();
            });
            if (_timeline is ThreadTimeline) started.Wait();
            _threads.Add((activity, end));
        }

        return _threads[index].Activity.ThreadId is var id and not 0 ? id : Environment.ProcessId;
    }
}
