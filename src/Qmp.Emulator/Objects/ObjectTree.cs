using Newtonsoft.Json.Linq;
using Qmp.Emulator.Recorded;
using Qmp.Emulator.Versions;
using Qmp.Protocol.Messages;
using Qmp.Server.Dispatch;

namespace Qmp.Emulator.Objects;

/// <summary>The tree of all objects of an emulator.</summary>
/// <remarks>Used with the machine's lock held.</remarks>
internal sealed class ObjectTree
{
    private const string DeviceNotFound = "DeviceNotFound";

    private readonly QemuVersion _version;

    /// <param name="version">The QEMU whose types the objects are of.</param>
    /// <param name="machineType">The name of the machine's type.</param>
    /// <param name="values">The values of the machine's properties.</param>
    /// <param name="chardevs">The character devices that there are.</param>
    public ObjectTree(QemuVersion version, string machineType, Func<string, JToken?> values, Func<IEnumerable<ObjectNode>> chardevs)
    {
        _version = version;
        Root = new ObjectNode("container", "") { Recorded = version.Recorded };
        Root.Add(new ObjectNode("container", "backend"));
        Machine = Root.Add(new ObjectNode($"{machineType}-machine", "machine") { Values = values });
        Objects = Root.Add(new ObjectNode("container", "objects"));
        ObjectNode? devices = null;
        devices = Root.Add(new ObjectNode("container", "chardevs") { MoreChildren = () => Adopt(chardevs()) });
        foreach (string name in version.FurtherContainers) Root.Add(new ObjectNode("container", name));
        Anonymous = Machine.Add(new ObjectNode("container", "peripheral-anon"));
        Peripheral = Machine.Add(new ObjectNode("container", "peripheral"));
        Unattached = Machine.Add(new ObjectNode("container", "unattached"));

        IEnumerable<ObjectNode> Adopt(IEnumerable<ObjectNode> found)
        {
            foreach (ObjectNode node in found) node.BelongsTo(devices!);
            return found;
        }
    }

    /// <summary>The types of objects that there are.</summary>
    public TypeCatalogue Types => _version.Recorded.Types;

    /// <summary>The root, <c>/</c>.</summary>
    public ObjectNode Root { get; }

    /// <summary>The machine.</summary>
    public ObjectNode Machine { get; }

    /// <summary>What <c>-object</c> and <c>object-add</c> made.</summary>
    public ObjectNode Objects { get; }

    /// <summary>Devices that users made and named.</summary>
    public ObjectNode Peripheral { get; }

    /// <summary>Devices that users made without a name.</summary>
    public ObjectNode Anonymous { get; }

    /// <summary>What belongs to the machine.</summary>
    public ObjectNode Unattached { get; }

    /// <summary>Lists an audio device, where the version does.</summary>
    public void AddAudio(string id, string driver) => Root.Child("audiodevs")?.Add(new ObjectNode($"audio-{driver}", id));

    /// <summary>The object that a path leads to. A path that does not begin at the root may begin anywhere.</summary>
    /// <exception cref="CommandException">There is none, or more than one.</exception>
    public ObjectNode Find(string path)
    {
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (path.StartsWith('/')) return Walk(Root, parts) ?? throw NotFound(path);
        ObjectNode[] found = [.. Everything(Root).Select(start => Walk(start, parts)).OfType<ObjectNode>().Take(2)];
        return found.Length switch
        {
            0 => throw NotFound(path),
            1 => found[0],
            _ => throw new CommandException($"Path '{path}' is ambiguous"),
        };
    }

    private static CommandException NotFound(string path) => new(new QmpError(DeviceNotFound, $"Device '{path}' not found"));

    private static ObjectNode? Walk(ObjectNode start, IEnumerable<string> parts)
    {
        ObjectNode? node = start;
        foreach (string part in parts)
        {
            node = node.Child(part);
            if (node is null) return null;
        }

        return node;
    }

    private static IEnumerable<ObjectNode> Everything(ObjectNode from)
    {
        yield return from;
        foreach (ObjectNode node in from.Children.SelectMany(Everything)) yield return node;
    }
}
