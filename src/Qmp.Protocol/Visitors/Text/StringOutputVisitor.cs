using System.Globalization;
using System.Text;
using Newtonsoft.Json.Linq;
using Qmp.Protocol.Json;

namespace Qmp.Protocol.Visitors.Text;

/// <summary>Writes a value as text: for programs, so that it can be read again, or for people.</summary>
/// <remarks>
/// For people strings are quoted, numbers come in hexadecimal too and sizes with a unit. Integers of a list are sorted
/// and brought together in ranges. Objects are not shown but as <c>&lt;omitted&gt;</c>.
/// </remarks>
/// <param name="human">Whether the text is for people.</param>
public sealed class StringOutputVisitor(bool human = false) : OutputVisitor
{
    private readonly List<string> _parts = [];
    private readonly List<ulong> _integers = [];
    private bool _inList;
    private int _objects;

    /// <summary>What was written.</summary>
    public override string ToString() => string.Join(", ", _parts);

    /// <inheritdoc/>
    public override void StartStruct(ReadOnlySpan<byte> name, JObject? extension = null) => _objects++;

    /// <inheritdoc/>
    public override void EndStruct()
    {
        if (--_objects == 0) _parts.Add("<omitted>");
    }

    /// <inheritdoc/>
    public override bool Hides(SpecialFeatures features) => false;

    /// <inheritdoc/>
    public override void StartList(ReadOnlySpan<byte> name) => _inList |= _objects == 0;

    /// <inheritdoc/>
    public override void EndList()
    {
        if (_objects > 0) return;
        _inList = false;
        if (_integers.Count > 0) AddIntegers();
    }

    /// <inheritdoc/>
    public override void WriteInt(ReadOnlySpan<byte> name, long value)
    {
        if (_objects > 0) return;
        _integers.Add((ulong)value);
        if (!_inList) AddIntegers();
    }

    /// <inheritdoc/>
    public override void WriteUInt(ReadOnlySpan<byte> name, ulong value) => WriteInt(name, (long)value);

    /// <inheritdoc/>
    public override void WriteSize(ReadOnlySpan<byte> name, ulong value)
    {
        string bytes = value.ToString(CultureInfo.InvariantCulture);
        Add(human ? $"{bytes} ({SizeFormat.Human(value)})" : bytes);
    }

    /// <inheritdoc/>
    public override void WriteNumber(ReadOnlySpan<byte> name, double value)
    {
        using var text = new ByteBuffer();
        new JsonEmitter(text, pretty: false).Number(value);
        Add(Encoding.ASCII.GetString(text.Span));
    }

    /// <inheritdoc/>
    public override void WriteBool(ReadOnlySpan<byte> name, bool value) => Add(value ? "true" : "false");

    /// <inheritdoc/>
    public override void WriteString(ReadOnlySpan<byte> name, string value) => Add(human ? $"\"{value}\"" : value);

    /// <inheritdoc/>
    public override void WriteEnum(ReadOnlySpan<byte> name, string value) => WriteString(name, value);

    /// <inheritdoc/>
    public override void WriteNull(ReadOnlySpan<byte> name) => Add(human ? "<null>" : "");

    /// <inheritdoc/>
    public override void WriteAny(ReadOnlySpan<byte> name, JToken value)
    {
        using var text = new ByteBuffer();
        JTokenEmitter.Write(new JsonEmitter(text, pretty: false), value);
        Add(Encoding.UTF8.GetString(text.Span));
    }

    private void Add(string text)
    {
        if (_objects == 0) _parts.Add(text);
    }

    private void AddIntegers()
    {
        List<(ulong First, ulong Last)> ranges = Ranges();
        _integers.Clear();
        string text = string.Join(',', ranges.Select(range => Join(Decimal(range.First), Decimal(range.Last))));
        if (human) text += $" ({string.Join(',', ranges.Select(range => Join(Hex(range.First), Hex(range.Last))))})";
        _parts.Add(text);

        static string Decimal(ulong value) => ((long)value).ToString(CultureInfo.InvariantCulture);
        static string Hex(ulong value) => string.Create(CultureInfo.InvariantCulture, $"0x{value:x}");
        static string Join(string first, string last) => first == last ? first : $"{first}-{last}";
    }

    private List<(ulong First, ulong Last)> Ranges()
    {
        var ranges = new List<(ulong First, ulong Last)>();
        foreach (ulong value in _integers.Order())
        {
            if (ranges.Count > 0 && value - ranges[^1].Last <= 1) ranges[^1] = (ranges[^1].First, value);
            else ranges.Add((value, value));
        }

        return ranges;
    }
}
