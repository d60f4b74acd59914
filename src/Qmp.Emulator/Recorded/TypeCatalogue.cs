using Newtonsoft.Json.Linq;

namespace Qmp.Emulator.Recorded;

/// <summary>All types of objects that a QEMU has.</summary>
internal sealed class TypeCatalogue
{
    private readonly RecordedProperty[] _properties;
    private readonly int[][] _lists;
    private readonly Dictionary<string, RecordedType> _byName;
    private readonly Dictionary<string, RecordedType> _models;

    public TypeCatalogue(JToken file)
    {
        _properties = [.. file["properties"]!.Select(RecordedProperty.From)];
        _lists = [.. file["lists"]!.Select(list => list.Select(number => (int)number).ToArray())];
        All = [.. file["types"]!.Select(entry => new RecordedType(this, entry))];
        _byName = All.ToDictionary(type => type.Name, StringComparer.Ordinal);
        _models = All.Where(type => type.Alias is not null).ToDictionary(type => type.Alias!, StringComparer.Ordinal);
    }

    /// <summary>The types, in QEMU's order.</summary>
    public IReadOnlyList<RecordedType> All { get; }

    /// <summary>The type of that name, or <see langword="null"/>.</summary>
    public RecordedType? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The device model of that name or alias, or <see langword="null"/>.</summary>
    public RecordedType? FindModel(string name) => Find(name) ?? _models.GetValueOrDefault(name);

    /// <summary>A list of properties; <see langword="null"/> for a negative number.</summary>
    public IReadOnlyList<RecordedProperty>? List(int number) =>
        number < 0 ? null : [.. _lists[number].Select(property => _properties[property])];
}
