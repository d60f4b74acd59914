using Newtonsoft.Json.Linq;
using Qmp.Api;
using Qmp.Emulator.Catalogue;
using Qmp.Emulator.Files;
using Qmp.Emulator.Objects;
using Qmp.Emulator.Options;
using Qmp.Emulator.Versions;
using Qmp.Machine.Memory;
using Qmp.Migration.Cpr;
using Qmp.Protocol.Json;
using Qmp.Protocol.Visitors;
using Qmp.Server.Dispatch;
using Qmp.Types;

namespace Qmp.Emulator.Machines;

/// <summary>The objects that users make: memory, secrets, threads, and what only is there.</summary>
/// <remarks>Used with the machine's lock held.</remarks>
/// <param name="tree">The machine's objects.</param>
/// <param name="version">The QEMU that is played.</param>
/// <param name="cpr">What outlives this program.</param>
/// <param name="tls">Gets those that TLS is made of.</param>
internal sealed class UserObjects(ObjectTree tree, QemuVersion version, CprState cpr, TlsObjects tls)
{
    private const string DefaultRandom = "/dev/urandom";

    private readonly Dictionary<string, ObjectOptions> _objects = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RamBlock> _unused = new(StringComparer.Ordinal);
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);
    private readonly SecretObjects _secrets = new();

    /// <summary>Makes the monitor of an object.</summary>
    public Action<MonitorSpec>? AddMonitor { get; set; }

    /// <summary>Removes the monitor of that name.</summary>
    public Action<string>? RemoveMonitor { get; set; }

    /// <summary>The objects, in the order in which they came.</summary>
    public IEnumerable<ObjectOptions> All => _objects.Values;

    /// <summary>Takes over the memory of an object that the machine does not use.</summary>
    public void Own(RamBlock block) => _unused[block.Id] = block;

    /// <summary>Notes that something needs an object, so that it cannot be removed.</summary>
    public void Use(string id) => _used.Add(id);

    /// <summary>The memory of an object that nobody uses; <see langword="null"/> if there is none.</summary>
    public RamBlock? Unused(string id) => _unused.GetValueOrDefault(id);

    /// <summary>Gives the memory of an object to the machine.</summary>
    public void Take(string id)
    {
        _unused.Remove(id);
        _used.Add(id);
    }

    /// <summary>Takes it back.</summary>
    public void GiveBack(RamBlock block)
    {
        _used.Remove(block.Id);
        Own(block);
    }

    /// <summary>Lists an object that is made already.</summary>
    /// <exception cref="CommandException">The id is taken.</exception>
    public void List(ObjectOptions made)
    {
        string type = made.QomType.ToWireName();
        if (tree.Objects.Child(made.Id) is not null)
        {
            throw new CommandException($"attempt to add duplicate property '{made.Id}' to object (type 'container')");
        }

        ObjectNode node = tree.Objects.Add(new ObjectNode(type, made.Id) { Values = name => DefaultOf(type, name) });
        _objects.Add(made.Id, made);
        tls.Note(made.Id);
        foreach (JProperty property in Members(made).Properties().Where(p => p.Name is not ("qom-type" or "id")))
        {
            node.Store(property.Name, property.Value);
        }
    }

    /// <summary>Makes an object.</summary>
    /// <exception cref="CommandException">It cannot be made.</exception>
    public void Add(ObjectOptions made)
    {
        if (!Identifiers.IsValid(made.Id)) throw new CommandException("Parameter 'id' expects an identifier");
        if (tree.Objects.Child(made.Id) is null) Make(made);
        List(made);
    }

    /// <summary>Removes an object.</summary>
    /// <exception cref="CommandException">There is none, or something needs it.</exception>
    /// <param name="id">Its id.</param>
    /// <param name="monitor">The name of the monitor that asks for it.</param>
    public void Remove(string id, string monitor)
    {
        ObjectNode node = tree.Objects.Child(id) ?? throw new CommandException($"object '{id}' not found");
        bool isMonitor = _objects.GetValueOrDefault(id) is ObjectOptions.MonitorQmp;
        if (_objects.GetValueOrDefault(id) is ObjectOptions.MonitorHmp) throw new CommandException("Deleting HMP monitors is not supported");
        if (isMonitor && id == monitor) throw new CommandException("Cannot delete the current QMP monitor");
        if (_used.Contains(id)) throw new CommandException($"object '{id}' is in use, can not be deleted");
        tree.Objects.Remove(node);
        _objects.Remove(id);
        tls.Remove(id);
        _secrets.Forget(id);
        if (isMonitor) RemoveMonitor?.Invoke(id);
        if (!_unused.Remove(id, out RamBlock? block)) return;
        cpr.Remove(id);
        block.Dispose();
    }

    /// <summary>Lets the memory go that the machine does not use, and keys.</summary>
    public void Dispose()
    {
        tls.Clear();
        foreach (string id in _objects.Keys) _secrets.Forget(id);
        foreach (RamBlock block in _unused.Values) block.Dispose();
        _unused.Clear();
    }

    /// <summary>Checks an object of the command line, and makes it where it is one of TLS or a secret.</summary>
    /// <exception cref="CommandException">It cannot be made.</exception>
    public void Check(ObjectOptions made)
    {
        switch (made)
        {
            case ObjectOptions.RngRandom random:
                CheckRandom(random.Value.Filename ?? DefaultRandom);
                break;

            case ObjectOptions.Secret secret:
                _secrets.Make(made.Id, secret.Value);
                break;

            default:
                if (!ObjectKinds.Of(version).Contains(made.QomType)) throw new CommandException($"invalid object type: {made.QomType.ToWireName()}");
                tls.Make(made, id => _secrets.Find(id, _objects.ContainsKey));
                break;
        }
    }

    private static void CheckRandom(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CommandException($"Could not open '{path}': {FileErrors.Text(e)}");
        }
    }

    private JToken? DefaultOf(string type, string property) => (type, property) switch
    {
        (_, "merge" or "dump" or "reserve") => true,
        (_, "prealloc-threads") => 1,
        ("iothread", "poll-max-ns") => IothreadDefaults.PollMaxNs,
        ("iothread", "poll-grow") => version.Iothreads.PollGrow,
        ("iothread", "poll-shrink") => version.Iothreads.PollShrink,
        ("iothread", "poll-weight") => version.Iothreads.PollWeight,
        ("iothread", "thread-pool-max") => 64,
        ("rng-random", "filename") => DefaultRandom,
        ("rng-random" or "rng-builtin", "opened") => true,
        ("monitor-hmp", "readline") => true,
        ("monitor-qmp", "close-action") => "none",
        ("secret", "format") => "raw",
        ("memory-backend-memfd", "seal") => true,
        ("authz-list", "policy") => "deny",
        (_, "policy") => "default",
        ("authz-list", "rules") => new JArray(),
        (_, "endpoint") => "client",
        (_, "verify-peer" or "sanity-check") => true,
        (_, "dir" or "priority" or "username" or "passwordid") => "",
        _ => null,
    };

    private void Make(ObjectOptions made)
    {
        try
        {
            OptionChecks.Object(new OptionValue<ObjectOptions>("object", "", made));
            Check(made);
            if (new MachineMemory(cpr).CreateBackend(made) is { } block) Own(block);
            if (MonitorSpec.Of(made) is { } monitor) AddMonitor?.Invoke(monitor);
        }
        catch (CommandLineException e)
        {
            throw new CommandException(e.Message);
        }
    }

    private static JObject Members(ObjectOptions made)
    {
        using var buffer = new ByteBuffer();
        ObjectOptionsVisitor.Write(new JsonOutputVisitor(buffer), [], made);
        using var reader = new QmpJsonReader(buffer.Span);
        return JObject.Load(reader);
    }
}
