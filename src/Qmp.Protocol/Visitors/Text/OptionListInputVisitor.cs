using Newtonsoft.Json.Linq;

namespace Qmp.Protocol.Visitors.Text;

/// <summary>Reads values from an <see cref="OptionList"/> (QEMU's <c>-object</c>, <c>-mon</c>).</summary>
/// <remarks>
/// Inner objects have no names here: their members stand beside those of the outer one. The elements of a list are
/// the values of a key that comes again, each of them a number, a range or a text.
/// </remarks>
public class OptionListInputVisitor : TextInputVisitor
{
    private readonly JObject _members = [];
    private IntegerRange _range;
    private string? _list;
    private int _depth;

    /// <summary>A visitor of one list.</summary>
    /// <param name="options">The list.</param>
    /// <param name="policy">What is accepted; <see langword="null"/> for everything.</param>
    public OptionListInputVisitor(OptionList options, CompatPolicy? policy = null)
        : base(policy)
    {
        foreach ((string key, string value) in options.Items) Values(key).Add(value);
        if (options.Id is not null) Values("id").Add(options.Id);
        Begin(new InputNode(_members));
    }

    /// <inheritdoc/>
    public override void StartStruct(string? name)
    {
        if (_depth++ == 0) base.StartStruct(null);
    }

    /// <inheritdoc/>
    public override JObject? EndStruct() => --_depth == 0 ? base.EndStruct() : null;

    /// <inheritdoc/>
    public override void StartList(string? name)
    {
        base.StartList(name);
        _list = name;
    }

    /// <inheritdoc/>
    public override bool NextElement() => _range.HasMore || base.NextElement();

    /// <inheritdoc/>
    public override void EndList()
    {
        base.EndList();
        _list = null;
    }

    /// <inheritdoc/>
    public override JsonKind PeekAlternate(string? name) =>
        TryFind(name, out _) ? JsonKind.String : throw Missing(name);

    /// <inheritdoc/>
    public override long ReadInt(string? name, long min, long max, string typeName)
    {
        if (_list is null) return base.ReadInt(name, min, max, typeName);
        if (!_range.HasMore && !IntegerRange.TryParseSigned(Text(null), out _range))
        {
            throw Expects(_list, "an int64 value or range");
        }

        long value = (long)_range.Take();
        return value >= min && value <= max ? value : throw OutOfRange(name, typeName);
    }

    /// <inheritdoc/>
    public override ulong ReadUInt(string? name, ulong max, string typeName)
    {
        if (_list is null)
        {
            if (!WrapsNegatives && Text(name).TrimStart().StartsWith('-')) throw NotUnsigned(name, "", default);
            return base.ReadUInt(name, max, typeName);
        }

        if (!_range.HasMore && !IntegerRange.TryParseUnsigned(Text(null), out _range))
        {
            throw Expects(_list, "a uint64 value or range");
        }

        ulong value = _range.Take();
        return value <= max ? value : throw OutOfRange(name, typeName);
    }

    /// <summary>Whether negative numbers count as unsigned ones, modulo 2^64.</summary>
    private protected virtual bool WrapsNegatives => false;

    private protected override string Text(string? name) => Take(name).Tree switch
    {
        JArray values => (string)values[^1]!,
        JToken value => (string)value!,
        null => throw new InvalidOperationException("Option lists are read from trees."),
    };

    private protected override string FullName(string? name) => name ?? _list ?? LocalName(name);

    private protected override VisitorException Unexpected(string name) =>
        PropertiesOf is null ? new VisitorException($"Invalid parameter '{name}'") : base.Unexpected(name);

    private protected override string Leftover(IReadOnlyList<string> members, IEnumerable<string> read) =>
        LeftoverMember.ChooseInOrder(members, read);

    private protected override VisitorException NotSigned(string? name, string text, NumberOutcome outcome) =>
        Expects(FullName(name), "an int64 value");

    private protected override VisitorException NotUnsigned(string? name, string text, NumberOutcome outcome) =>
        Expects(FullName(name), "a uint64 value");

    private protected override VisitorException NotSize(string? name, string text, NumberOutcome outcome) =>
        Expects(FullName(name), "a size value");

    private JArray Values(string key)
    {
        if (_members[key] is not JArray values) _members[key] = values = [];
        return values;
    }
}
