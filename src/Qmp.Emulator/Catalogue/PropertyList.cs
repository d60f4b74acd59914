using System.Globalization;
using System.Text;
using Newtonsoft.Json.Linq;
using Qmp.Emulator.Versions;
using Qmp.Protocol.Messages;
using Qmp.Protocol.Visitors;

namespace Qmp.Emulator.Catalogue;

/// <summary>
/// The properties of a schema type, in the form of <c>-device DRIVER,help</c>: what the type's reader asks for is its
/// properties.
/// </summary>
internal sealed class PropertyList : InputVisitor
{
    private readonly SortedDictionary<string, string> _lines = new(StringComparer.Ordinal);
    private readonly IReadOnlyDictionary<string, string> _defaults;
    private int _depth; // members of members are not listed

    private readonly CompatPolicy _policy;

    private PropertyList(IReadOnlyDictionary<string, string> defaults, QemuVersion version)
    {
        _defaults = defaults;
        _policy = new CompatPolicy { Variant = version.Schema(withSimulation: true) };
    }

    /// <summary>The text, one line a property.</summary>
    /// <param name="title">What the list is of.</param>
    /// <param name="read">The type's reader.</param>
    /// <param name="defaults">Values of properties that are not given, by name.</param>
    /// <param name="version">The QEMU whose properties are listed.</param>
    public static string Text<T>(string title, ValueReader<T> read, IReadOnlyDictionary<string, string> defaults, QemuVersion version)
    {
        var visitor = new PropertyList(defaults, version);
        read(visitor, null);
        var text = new StringBuilder($"{title} options:\n");
        foreach (string line in visitor._lines.Values) text.Append(line).Append('\n');
        return text.ToString();
    }

    /// <inheritdoc/>
    public override void StartStruct(string? name)
    {
        Add(name, "struct");
        _depth++;
    }

    /// <inheritdoc/>
    public override JObject? EndStruct()
    {
        _depth--;
        return null;
    }

    // Then the reader asks for the member, which tells its type.
    /// <inheritdoc/>
    public override bool HasMember(string name, SpecialFeatures features = SpecialFeatures.None) => !_policy.Lacks(features);

    /// <inheritdoc/>
    public override bool MayOmit(string name, SpecialFeatures features) => _policy.Lacks(features);

    /// <inheritdoc/>
    public override void CheckMember(string name, SpecialFeatures features)
    {
    }

    /// <inheritdoc/>
    public override void StartList(string? name) => Add(name, "list");

    /// <inheritdoc/>
    public override bool NextElement() => false;

    /// <inheritdoc/>
    public override void EndList()
    {
    }

    /// <inheritdoc/>
    public override JsonKind PeekAlternate(string? name) => JsonKind.String;

    /// <inheritdoc/>
    public override long ReadInt(string? name, long min, long max, string typeName)
    {
        Add(name, WithoutSuffix(typeName));
        return 0;
    }

    /// <inheritdoc/>
    public override ulong ReadUInt(string? name, ulong max, string typeName)
    {
        Add(name, WithoutSuffix(typeName));
        return 0;
    }

    /// <inheritdoc/>
    public override ulong ReadSize(string? name)
    {
        Add(name, "size");
        return 0;
    }

    /// <inheritdoc/>
    public override double ReadNumber(string? name)
    {
        Add(name, "number");
        return 0;
    }

    /// <inheritdoc/>
    public override bool ReadBool(string? name)
    {
        Add(name, "bool", "on/off");
        return false;
    }

    /// <inheritdoc/>
    public override string ReadString(string? name)
    {
        Add(name, "str");
        return "";
    }

    /// <inheritdoc/>
    public override void ReadNull(string? name)
    {
    }

    /// <inheritdoc/>
    public override JToken ReadAny(string? name)
    {
        Add(name, "any");
        return JValue.CreateNull();
    }

    /// <inheritdoc/>
    public override int ReadEnum(string? name, EnumNames names)
    {
        Add(name, names.TypeName, string.Join('/', Enumerable.Range(0, names.Count).Select(i => names[i])));
        return 0;
    }

    /// <inheritdoc/>
    public override VisitorException NoBranch(string? name, string typeName) => new(typeName);

    private static string WithoutSuffix(string typeName) =>
        typeName.EndsWith("_t", StringComparison.Ordinal) ? typeName[..^2] : typeName;

    private void Add(string? name, string type, string description = "")
    {
        if (name is null || _depth > 1) return;
        string left = $"{name}=<{type}>";
        bool hasDefault = _defaults.TryGetValue(name, out string? value);
        string right = (description, hasDefault) switch
        {
            ("", false) => "",
            (_, false) => $" - {description}",
            _ => $" - {description} (default: {value})",
        };
        _lines[left] = right.Length == 0
            ? $"  {left}"
            : string.Create(CultureInfo.InvariantCulture, $"  {left,-22}{right}");
    }
}
