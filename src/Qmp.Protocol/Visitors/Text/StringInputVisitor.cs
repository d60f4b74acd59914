using Newtonsoft.Json.Linq;

namespace Qmp.Protocol.Visitors.Text;

/// <summary>Reads values from plain strings, as the properties of <c>-global</c> are written.</summary>
/// <remarks>
/// A list is one string, <c>1-3,7</c>: integers and ranges of them, or texts, with commas between. The root may also be
/// an object; then each of its members is such a string.
/// </remarks>
public sealed class StringInputVisitor : TextInputVisitor
{
    // What of the current list has not been read.
    private string _rest = "";
    private IntegerRange _range;
    private bool _inList;

    /// <summary>A visitor of one string.</summary>
    public StringInputVisitor(string text) => Begin(new InputNode(text));

    /// <summary>A visitor of an object whose members are strings.</summary>
    public StringInputVisitor(JObject members) => Begin(new InputNode(members));

    /// <inheritdoc/>
    public override void StartList(string? name)
    {
        if (_inList) throw WrongType(name, "list");
        _rest = Text(name);
        _inList = true;
    }

    /// <inheritdoc/>
    public override bool NextElement() => _range.HasMore || _rest.Length > 0;

    /// <inheritdoc/>
    public override void EndList() => _inList = false;

    /// <inheritdoc/>
    public override long ReadInt(string? name, long min, long max, string typeName)
    {
        if (!_inList) return base.ReadInt(name, min, max, typeName);
        if (!_range.HasMore)
        {
            bool valid = IntegerRange.TryReadSigned(_rest, out _range, out int length);
            if (!Skip(length) || !valid) throw Expects(LocalName(name), "list of int64 values or ranges");
        }

        long value = (long)_range.Take();
        return value >= min && value <= max ? value : throw OutOfRange(name, typeName);
    }

    /// <inheritdoc/>
    public override ulong ReadUInt(string? name, ulong max, string typeName)
    {
        if (!_inList) return base.ReadUInt(name, max, typeName);
        if (!_range.HasMore)
        {
            bool valid = IntegerRange.TryReadUnsigned(_rest, out _range, out int length);
            if (!Skip(length) || !valid) throw Expects(LocalName(name), "list of uint64 values or ranges");
        }

        ulong value = _range.Take();
        return value <= max ? value : throw OutOfRange(name, typeName);
    }

    private protected override string Text(string? name)
    {
        if (!_inList) return base.Text(name);
        int comma = _rest.IndexOf(',', StringComparison.Ordinal);
        string element = comma < 0 ? _rest : _rest[..comma];
        Skip(element.Length);
        return element;
    }

    private protected override string FullName(string? name) => LocalName(name);

    private protected override VisitorException NotSigned(string? name, string text, NumberOutcome outcome) =>
        Expects(LocalName(name), "int64");

    private protected override VisitorException NotUnsigned(string? name, string text, NumberOutcome outcome) =>
        Expects(LocalName(name), "uint64");

    private protected override VisitorException NotSize(string? name, string text, NumberOutcome outcome) =>
        ExplainedSize(name, text, outcome);

    /// <summary>Steps over an element and the comma behind it; false if something else follows.</summary>
    private bool Skip(int length)
    {
        if (length < _rest.Length && _rest[length] != ',') return false;
        _rest = length < _rest.Length ? _rest[(length + 1)..] : "";
        return true;
    }
}
