using Newtonsoft.Json.Linq;
using Qmp.Emulator.Recorded;
using Qmp.Server.Dispatch;

namespace Qmp.Emulator.Objects;

/// <summary>An object of the tree that <c>qom-list</c> shows: a type, properties, and the objects that it owns.</summary>
/// <remarks>
/// Its properties are those that its type has in QEMU. They show what was given for them, or else their default. Used
/// with the machine's lock held.
/// </remarks>
internal sealed class ObjectNode(string type, string name)
{
    private static readonly ObjectProperty[] Bare = [new("type", "string", () => JValue.CreateNull())];

    private readonly List<ObjectNode> _children = [];
    private readonly Dictionary<string, ObjectProperty> _own = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JToken> _values = new(StringComparer.Ordinal);

    /// <summary>The types that there are, where it is the root.</summary>
    public RecordedCatalogue? Recorded { private get; init; }

    /// <summary>The name of its type.</summary>
    public string Type => type;

    /// <summary>Its name, which is unique among the objects of its parent.</summary>
    public string Name => name;

    /// <summary>The object that owns it; <see langword="null"/> for the root.</summary>
    public ObjectNode? Parent { get; private set; }

    /// <summary>Objects that come and go by themselves.</summary>
    public Func<IEnumerable<ObjectNode>>? MoreChildren { get; init; }

    /// <summary>Gives the values of properties when they are first asked for; <see langword="null"/> for none.</summary>
    public Func<string, JToken?>? Values { get; init; }

    /// <summary>Whether it is a device: what users set when they made it cannot be changed any more.</summary>
    public bool IsDevice { get; init; }

    /// <summary>The name of the bus that it is on, of a device of the machine for which its type does not tell that.</summary>
    public string? ParentBus { get; set; }

    /// <summary>The objects that it owns, in the order in which they came.</summary>
    public IEnumerable<ObjectNode> Children => MoreChildren is null ? _children : _children.Concat(MoreChildren());

    /// <summary>Its path.</summary>
    public string Path => Parent is null ? "/" : Parent.Parent is null ? $"/{name}" : $"{Parent.Path}/{name}";

    /// <summary>Adds an object to those that it owns.</summary>
    public ObjectNode Add(ObjectNode child)
    {
        child.Parent = this;
        _children.Add(child);
        return child;
    }

    /// <summary>Says which object owns it, where that one finds its children by itself.</summary>
    public void BelongsTo(ObjectNode owner) => Parent = owner;

    /// <summary>Drops an object that it owns.</summary>
    public void Remove(ObjectNode child)
    {
        _children.Remove(child);
        child.Parent = null;
    }

    /// <summary>The object of that name which it owns, or <see langword="null"/>.</summary>
    public ObjectNode? Child(string child) => Children.FirstOrDefault(c => c.Name == child);

    /// <summary>Adds a property that its type does not have, or has otherwise.</summary>
    public void Define(ObjectProperty property) => _own[property.Name] = property;

    /// <summary>Gives a property a value.</summary>
    public void Store(string property, JToken value) => _values[property] = value;

    /// <summary>Whether a property has been given a value.</summary>
    public bool IsSet(string property) => _values.ContainsKey(property);

    /// <summary>Its properties, but for the objects that it owns.</summary>
    public IEnumerable<ObjectProperty> Properties()
    {
        foreach (ObjectProperty property in OfType())
        {
            if (!_own.ContainsKey(property.Name)) yield return property;
        }

        foreach (ObjectProperty property in _own.Values) yield return property;
    }

    /// <summary>The property of that name.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    public ObjectProperty Property(string property)
    {
        if (Child(property) is { } child) return new ObjectProperty(property, $"child<{child.Type}>", () => child.Path);
        return Properties().FirstOrDefault(p => p.Name == property)
            ?? throw new CommandException($"Property '{type}.{property}' not found");
    }

    private RecordedCatalogue? Catalogue => Recorded ?? Parent?.Catalogue;

    private IEnumerable<ObjectProperty> OfType()
    {
        RecordedType? recorded = Catalogue?.Types.Find(type);
        if (recorded?.ObjectProperties is not { } properties) return Bare.Select(Typed);
        var settable = (IsDevice ? recorded.DeviceProperties ?? [] : []).Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        return properties.Where(p => !p.Type.StartsWith("child<", StringComparison.Ordinal)).Select(p => Typed(
            new ObjectProperty(p.Name, p.Type, () => ValueOf(p), Setter(p, settable.Contains(p.Name)))
            {
                Values = p.Values,
                Default = p.Default,
            }));
    }

    private ObjectProperty Typed(ObjectProperty property) => property.Name == "type" ? property with { Get = () => type, Set = null } : property;

    private JToken ValueOf(RecordedProperty property) =>
        _values.GetValueOrDefault(property.Name) ?? Values?.Invoke(property.Name) ?? property.Default ?? PropertyValues.Empty(property.Type);

    private Action<JToken> Setter(RecordedProperty property, bool isFixed) => value =>
    {
        if (isFixed)
        {
            ObjectNode? backend = Child("virtio-backend");
            bool isBackends = backend?.OfType().Any(p => p.Name == property.Name) == true;
            string who = isBackends || Parent?.Name != "peripheral" ? "anonymous device" : $"device '{name}'";
            throw new CommandException(
                $"Attempt to set property '{property.Name}' on {who} (type '{(isBackends ? backend!.Type : type)}') after it was realized");
        }

        _values[property.Name] = PropertyValues.Check(property, value, isText: false);
    };
}
