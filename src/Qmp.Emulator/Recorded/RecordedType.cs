using Newtonsoft.Json.Linq;

namespace Qmp.Emulator.Recorded;

/// <summary>A type of objects, as QEMU told of it.</summary>
internal sealed class RecordedType
{
    private readonly int _device; // numbers of lists of properties; negative where QEMU gives an error
    private readonly int _object;

    public RecordedType(TypeCatalogue catalogue, JToken entry)
    {
        Catalogue = catalogue;
        _device = (int)entry["device"]!;
        _object = (int)entry["object"]!;
        Name = (string)entry["name"]!;
        Parent = (string?)entry["parent"];
        IsAbstract = (bool?)entry["abstract"] ?? false;
        IsForUsers = (bool?)entry["user"] ?? false;
        Bus = (string?)entry["bus"];
        Alias = (string?)entry["alias"];
        Categories = [.. (entry["categories"] ?? new JArray()).Select(c => (string)c!)];
        Buses = [.. (entry["buses"] ?? new JArray()).Select(b => ((string)b["name"]!, (string)b["type"]!))];
    }

    /// <summary>The types that it is one of.</summary>
    public TypeCatalogue Catalogue { get; }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The type that it builds on; <see langword="null"/> if it builds on none.</summary>
    public string? Parent { get; }

    /// <summary>Whether there is no object of just this type.</summary>
    public bool IsAbstract { get; }

    /// <summary>Whether it is a device that users may make.</summary>
    public bool IsForUsers { get; }

    /// <summary>The type of the bus that a device of this type is on; <see langword="null"/> if on none.</summary>
    public string? Bus { get; }

    /// <summary>A second name of a device model.</summary>
    public string? Alias { get; }

    /// <summary>What people look for it under.</summary>
    public IReadOnlyList<string> Categories { get; }

    /// <summary>The buses that a device brings with it; in their names, <c>ID</c> stands for the id of the device.</summary>
    public IReadOnlyList<(string Name, string Type)> Buses { get; }

    /// <summary>The properties of a device that users may set; <see langword="null"/> if it is no device that can be made.</summary>
    public IReadOnlyList<RecordedProperty>? DeviceProperties => Catalogue.List(_device);

    /// <summary>The properties of any object of this type; <see langword="null"/> if it has no objects.</summary>
    public IReadOnlyList<RecordedProperty>? ObjectProperties => Catalogue.List(_object);

    /// <summary>Whether it is that type, or builds on it.</summary>
    public bool Is(string name)
    {
        for (RecordedType? type = this; type is not null; type = type.Parent is { } parent ? Catalogue.Find(parent) : null)
        {
            if (type.Name == name) return true;
        }

        return false;
    }
}
