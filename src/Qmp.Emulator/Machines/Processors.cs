using System.Globalization;
using Newtonsoft.Json.Linq;
using Qmp.Emulator.Catalogue;
using Qmp.Emulator.Objects;
using Qmp.Emulator.Options;
using Qmp.Machine.Time;
using Qmp.Protocol.Threading;
using Qmp.Server.Dispatch;
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
    private readonly ObjectNode?[] _places; // by the number of the processor
    private readonly Timeline _timeline;
    private readonly Dictionary<int, (Activity Activity, Waker End)> _threads = [];

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
        var given = new Lazy<JObject>(() => new ProcessorModels(options.Version.Recorded).Properties(Model, ProcessorModels.Features(words)));

        _places = new ObjectNode?[_topology.Most];
        int count = HasAny ? (int)_topology.Count : options.Given.Has(OptionTable.Cpu) ? 1 : 0;
        for (int i = 0; i < count; i++)
        {
            // The second device of a PC belongs to the first processor.
            string name = string.Create(CultureInfo.InvariantCulture, $"device[{(i == 0 ? 0 : i + 1)}]");
            _places[i] = tree.Unattached.Add(
                new ObjectNode(Model + TypeSuffix, name) { IsDevice = true, Values = property => ValueOf(given.Value, property) });
        }
    }

    /// <summary>Whether the machine has processors.</summary>
    public bool HasAny { get; }

    /// <summary>Their model.</summary>
    public string Model { get; }

    /// <summary>How many there are.</summary>
    public int Count => _places.Count(place => place is not null);

    /// <summary>The processors, as <c>query-cpus-fast</c> lists them.</summary>
    public IReadOnlyList<CpuInfoFast> List() =>
    [
        .. Enumerable.Range(0, _places.Length).Where(index => _places[index] is not null).Select(index => new CpuInfoFast.X86_64
        {
            CpuIndex = index,
            QomType = _places[index]!.Type,
            QomPath = _places[index]!.Path,
            ThreadId = ThreadOf(index),
            Props = HasAny ? Place(index) : null,
        }),
    ];

    /// <summary>Whether there is a processor of that number.</summary>
    public bool Has(long index) => index >= 0 && index < _places.Length && _places[index] is not null;

    /// <summary>The places for processors, the last one first.</summary>
    /// <param name="areFilled">Whether the machine is already made, and there are processors in them.</param>
    public IReadOnlyList<HotpluggableCPU> Places(bool areFilled) =>
    [
        .. Enumerable.Range(0, _places.Length).Reverse().Select(index => new HotpluggableCPU
        {
            Type = Model + TypeSuffix,
            VcpusCount = 1,
            Props = Place(index),
            QomPath = areFilled ? _places[index]?.Path : null,
        }),
    ];

    /// <summary>Puts a processor into its place.</summary>
    /// <param name="node">Its object.</param>
    /// <param name="values">The properties that were given for it, which name the place.</param>
    /// <exception cref="CommandException">There is no such place, or it is taken.</exception>
    public void Plug(ObjectNode node, IReadOnlyDictionary<string, JToken> values)
    {
        if (node.Type != Model + TypeSuffix) throw new CommandException($"Invalid CPU type, expected cpu type: '{Model}{TypeSuffix}'");
        long socket = Number(values, "socket-id", _topology.Sockets, null);
        long die = Number(values, "die-id", _topology.Dies, 0);
        long module = Number(values, "module-id", _topology.Modules, 0);
        long core = Number(values, "core-id", _topology.Cores, null);
        long thread = Number(values, "thread-id", _topology.Threads, null);
        long index = ((((((socket * _topology.Dies) + die) * _topology.Modules) + module) * _topology.Cores) + core) * _topology.Threads + thread;
        if (_places[index] is not null) throw new CommandException($"CPU[{index}] with APIC ID {index} exists");
        node.Store("apic-id", index);
        _places[index] = node;
    }

    /// <summary>Takes a processor out of its place, if it is in one.</summary>
    public void Unplug(ObjectNode node)
    {
        if (Array.IndexOf(_places, node) is var index and >= 0) _places[index] = null;
    }

    /// <summary>Ends their threads.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach ((_, Waker end) in _threads.Values) end.Wake();
        foreach ((Activity activity, _) in _threads.Values) await activity.JoinAsync().ConfigureAwait(OrderedContext.IsCurrent);
        _threads.Clear();
    }

    private static long Number(IReadOnlyDictionary<string, JToken> values, string property, long count, long? without)
    {
        long? number = values.TryGetValue(property, out JToken? value) ? (long)value : without;
        if (number is null or < 0) throw new CommandException($"CPU {property} is not set");
        return number < count ? (long)number : throw new CommandException($"Invalid CPU {property}: {number} must be in range 0:{count - 1}");
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
        if (!_threads.ContainsKey(index))
        {
            Waker end = _timeline.CreateWaker();
            string name = string.Create(CultureInfo.InvariantCulture, $"CPU {index}/TCG");
            using var started = new ManualResetEventSlim();
            Activity activity = _timeline.Start(name, async () =>
            {
                started.Set();
                await end.WaitAsync();
            });
            if (_timeline is ThreadTimeline) started.Wait();
            _threads.Add(index, (activity, end));
        }

        return _threads[index].Activity.ThreadId is var id and not 0 ? id : Environment.ProcessId;
    }
}
