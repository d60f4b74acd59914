using System.Text;

namespace Qmp.Protocol.Visitors;

/// <summary>The wire names of an enum's values, indexed as the generated C# enum.</summary>
public sealed class EnumNames
{
    private readonly string[] _names;
    private readonly SpecialFeatures[]? _features;
    private readonly Dictionary<string, int> _indexes;

    /// <summary>Builds the table.</summary>
    /// <param name="typeName">The schema name of the enum.</param>
    /// <param name="names">Wire names in schema order.</param>
    /// <param name="features">Special features of each value, or <see langword="null"/> if none has any.</param>
    public EnumNames(string typeName, string[] names, SpecialFeatures[]? features = null)
    {
        TypeName = typeName;
        _names = names;
        _features = features;
        _indexes = new Dictionary<string, int>(names.Length, StringComparer.Ordinal);
        for (int i = 0; i < names.Length; i++) _indexes.Add(names[i], i);
    }

    /// <summary>The schema name of the enum.</summary>
    public string TypeName { get; }

    /// <summary>How many values there are.</summary>
    public int Count => _names.Length;

    /// <summary>The wire name of value <paramref name="index"/>.</summary>
    public string this[int index] => _names[index];

    /// <summary>The index of a wire name, compared by ordinal; -1 if no value has that name.</summary>
    public int IndexOf(string name) => _indexes.GetValueOrDefault(name, -1);

    /// <summary>The index of a wire name of plain ASCII; -1 if no value has that name.</summary>
    /// <remarks>Enums are short, and most names differ in length: looking at each is as fast as hashing.</remarks>
    internal int IndexOf(ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < _names.Length; i++)
        {
            if (Ascii.Equals(name, _names[i])) return i;
        }

        return -1;
    }

    /// <summary>Special features of value <paramref name="index"/>.</summary>
    public SpecialFeatures Features(int index) => _features is null ? SpecialFeatures.None : _features[index];
}
