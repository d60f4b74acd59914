using System.Globalization;
using Newtonsoft.Json.Linq;

namespace Qmp.Protocol.Visitors.Keyval;

/// <summary>Reads values from trees whose leaves are strings, converting them as their types ask.</summary>
/// <remarks>The tree is <see cref="KeyvalParser"/>'s. Texts are those that QEMU prints for option strings.</remarks>
public sealed class KeyvalInputVisitor : InputVisitor
{
    private const string SizeHint =
        "a non-negative number below 2^64\n"
        + "Optional suffix k, M, G, T, P or E means kilo-, mega-, giga-, tera-, peta-\n"
        + "and exabytes, respectively.";

    private readonly JsonInputVisitor _tree = new(tolerant: true);

    /// <summary>A visitor of one tree.</summary>
    public KeyvalInputVisitor(JObject root) => _tree.Reset(root);

    /// <summary>The suffix of sizes that have none; <c>M</c> makes plain numbers mean mebibytes.</summary>
    public char DefaultSizeSuffix { get; init; } = 'B';

    /// <inheritdoc/>
    public override void StartStruct(string? name) => _tree.StartStruct(name);

    /// <inheritdoc/>
    public override JObject? EndStruct()
    {
        JObject? unread = _tree.EndStruct();
        return unread is null
            ? null
            : throw new VisitorException($"Invalid parameter '{unread.Properties().First().Name}'");
    }

    /// <inheritdoc/>
    public override bool HasMember(string name, SpecialFeatures features = SpecialFeatures.None) =>
        _tree.HasMember(name, features);

    /// <inheritdoc/>
    public override void CheckMember(string name, SpecialFeatures features) => _tree.CheckMember(name, features);

    /// <inheritdoc/>
    public override void StartList(string? name) => _tree.StartList(name);

    /// <inheritdoc/>
    public override bool NextElement() => _tree.NextElement();

    /// <inheritdoc/>
    public override void EndList() => _tree.EndList();

    /// <inheritdoc/>
    public override JsonKind PeekAlternate(string? name) => _tree.PeekAlternate(name);

    /// <inheritdoc/>
    public override long ReadInt(string? name, long min, long max, string typeName) =>
        TryNumber(_tree.ReadString(name), out Int128 value) && value >= min && value <= max
            ? (long)value
            : throw Expects(name, "a number");

    /// <inheritdoc/>
    public override ulong ReadUInt(string? name, ulong max, string typeName) =>
        TryNumber(_tree.ReadString(name), out Int128 value) && value >= 0 && value <= max
            ? (ulong)value
            : throw Expects(name, "a number");

    /// <inheritdoc/>
    public override ulong ReadSize(string? name) =>
        SizeText.TryParse(_tree.ReadString(name), out ulong size, DefaultSizeSuffix)
            ? size
            : throw Expects(name, SizeHint);

    /// <inheritdoc/>
    public override double ReadNumber(string? name) =>
        double.TryParse(
            _tree.ReadString(name), NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            ? value
            : throw Expects(name, "a number");

    /// <inheritdoc/>
    public override bool ReadBool(string? name) => _tree.ReadString(name) switch
    {
        "on" or "yes" or "true" or "y" => true,
        "off" or "no" or "false" or "n" => false,
        _ => throw Expects(name, "'on' or 'off'"),
    };

    /// <inheritdoc/>
    public override string ReadString(string? name) => _tree.ReadString(name);

    /// <inheritdoc/>
    public override void ReadNull(string? name)
    {
        if (_tree.ReadString(name).Length > 0) throw Expects(name, "nothing");
    }

    /// <inheritdoc/>
    public override JToken ReadAny(string? name) => _tree.ReadAny(name);

    /// <inheritdoc/>
    public override int ReadEnum(string? name, EnumNames names)
    {
        string text = _tree.ReadString(name);
        int index = names.IndexOf(text);
        return index >= 0
            ? index
            : throw new VisitorException($"Parameter '{name ?? "null"}' does not accept value '{text}'");
    }

    /// <inheritdoc/>
    public override VisitorException NoBranch(string? name, string typeName) => _tree.NoBranch(name, typeName);

    private static VisitorException Expects(string? name, string what) =>
        new($"Parameter '{name ?? "null"}' expects {what}");

    // Decimal or 0x hexadecimal, with a sign.
    private static bool TryNumber(string text, out Int128 value)
    {
        ReadOnlySpan<char> digits = text;
        bool negative = digits.StartsWith("-");
        if (negative || digits.StartsWith("+")) digits = digits[1..];
        bool parsed = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? Int128.TryParse(digits[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)
            : Int128.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        if (negative) value = -value;
        return parsed;
    }
}
