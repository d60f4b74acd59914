using System.Globalization;
using System.Numerics;
using System.Text;
using Newtonsoft.Json.Linq;

namespace Qmp.Protocol.Visitors;

/// <summary>Reads values from JSON trees: strictly, with QEMU's texts, or tolerantly, for clients.</summary>
/// <remarks>
/// Tolerant reading hands back members and enum texts that the schema does not know; a value of the wrong kind is an
/// error for it too. Reused from value to value by <see cref="Reset"/>.
/// </remarks>
public sealed class JsonInputVisitor : InputVisitor
{
    private readonly List<Frame> _frames = [];
    private readonly List<string> _read = [];
    private readonly CompatPolicy _policy;
    private readonly bool _tolerant;
    private JToken? _root;

    /// <summary>A visitor for any number of values.</summary>
    /// <param name="tolerant">Whether unknown members and enum values are handed back instead of refused.</param>
    /// <param name="policy">What input is refused; none by default.</param>
    public JsonInputVisitor(bool tolerant = false, CompatPolicy? policy = null)
    {
        _tolerant = tolerant;
        _policy = policy ?? CompatPolicy.Permissive;
    }

    private record struct Frame(JToken? Container, string? Name, int FirstRead)
    {
        public int Index = -1;
    }

    /// <summary>Turns to the next value.</summary>
    /// <param name="root">The value, or <see langword="null"/> for an empty object, which costs nothing.</param>
    public void Reset(JToken? root)
    {
        _root = root;
        _frames.Clear();
        _read.Clear();
    }

    /// <inheritdoc/>
    public override void StartStruct(string? name)
    {
        if (_root is null && _frames.Count == 0)
        {
            _frames.Add(new Frame(null, name, 0));
            return;
        }

        JToken token = Take(name);
        if (token is not JObject) throw WrongType(name, "object");
        _frames.Add(new Frame(token, name, _read.Count));
    }

    /// <inheritdoc/>
    public override JObject? EndStruct()
    {
        Frame frame = _frames[^1];
        JObject? unread = null;
        if (frame.Container is JObject members && members.Count > _read.Count - frame.FirstRead)
        {
            if (!_tolerant) throw Unexpected(members, frame.FirstRead);
            unread = [];
            foreach (JProperty property in members.Properties())
            {
                if (!WasRead(property.Name, frame.FirstRead)) unread.Add(property.Name, property.Value);
            }
        }

        Leave(frame);
        return unread;
    }

    /// <inheritdoc/>
    public override bool HasMember(string name, SpecialFeatures features = SpecialFeatures.None)
    {
        if (_frames[^1].Container is not JObject members || !members.ContainsKey(name)) return false;
        CheckMember(name, features);
        return true;
    }

    /// <inheritdoc/>
    public override void CheckMember(string name, SpecialFeatures features)
    {
        if (_policy.Refuses(features, "parameter", name) is { } reason) throw new VisitorException(reason);
    }

    /// <inheritdoc/>
    public override void StartList(string? name)
    {
        if (Take(name) is not JArray elements) throw WrongType(name, "array");
        _frames.Add(new Frame(elements, name, _read.Count));
    }

    /// <inheritdoc/>
    public override bool NextElement()
    {
        Frame frame = _frames[^1];
        frame.Index++;
        _frames[^1] = frame;
        return frame.Index < ((JArray)frame.Container!).Count;
    }

    /// <inheritdoc/>
    public override void EndList() => Leave(_frames[^1]);

    /// <inheritdoc/>
    public override JsonKind PeekAlternate(string? name)
    {
        JToken token = Find(name) ?? throw Missing(name);
        return token.Type switch
        {
            JTokenType.Null => JsonKind.Null,
            JTokenType.Integer or JTokenType.Float => JsonKind.Number,
            JTokenType.Object => JsonKind.Object,
            JTokenType.Array => JsonKind.Array,
            JTokenType.Boolean => JsonKind.Boolean,
            _ => JsonKind.String,
        };
    }

    /// <inheritdoc/>
    public override long ReadInt(string? name, long min, long max, string typeName)
    {
        if (Take(name) is not JValue { Type: JTokenType.Integer } value || !TryInt64(value.Value, out long number))
        {
            throw WrongType(name, "integer");
        }

        return number >= min && number <= max ? number : throw OutOfRange(name, typeName);
    }

    /// <inheritdoc/>
    public override ulong ReadUInt(string? name, ulong max, string typeName)
    {
        if (Take(name) is not JValue { Type: JTokenType.Integer } value) throw Expects(FullName(name), "uint64");
        // Negative numbers wrap around: clients have sent them since before the type was unsigned.
        ulong number = TryInt64(value.Value, out long signed) ? (ulong)signed
            : value.Value is ulong unsigned ? unsigned
            : throw Expects(FullName(name), "uint64");
        return number <= max ? number : throw OutOfRange(name, typeName);
    }

    /// <inheritdoc/>
    public override ulong ReadSize(string? name) => ReadUInt(name, ulong.MaxValue, "uint64");

    /// <inheritdoc/>
    public override double ReadNumber(string? name) =>
        Take(name) is JValue { Type: JTokenType.Integer or JTokenType.Float } value
            ? Convert.ToDouble(value.Value, CultureInfo.InvariantCulture)
            : throw WrongType(name, "number");

    /// <inheritdoc/>
    public override bool ReadBool(string? name) =>
        Take(name) is JValue { Value: bool value } ? value : throw WrongType(name, "boolean");

    /// <inheritdoc/>
    public override string ReadString(string? name) =>
        Take(name) is JValue { Value: string value } ? value : throw WrongType(name, "string");

    /// <inheritdoc/>
    public override void ReadNull(string? name)
    {
        if (Take(name).Type != JTokenType.Null) throw WrongType(name, "null");
    }

    /// <inheritdoc/>
    public override JToken ReadAny(string? name) => Take(name);

    /// <inheritdoc/>
    public override int ReadEnum(string? name, EnumNames names)
    {
        string text = ReadString(name);
        int index = names.IndexOf(text);
        if (index < 0)
        {
            if (_tolerant) return -1;
            throw new VisitorException($"Parameter '{LocalName(name)}' does not accept value '{text}'");
        }

        if (_policy.Refuses(names.Features(index), "value", text) is { } reason) throw new VisitorException(reason);
        return index;
    }

    /// <inheritdoc/>
    public override VisitorException NoBranch(string? name, string typeName) =>
        new($"Invalid parameter type for '{LocalName(name)}', expected: {typeName}");

    private static string LocalName(string? name) => name ?? "null";

    private static VisitorException Expects(string name, string what) => new($"Parameter '{name}' expects {what}");

    private static VisitorException OutOfRange(string? name, string typeName) => Expects(LocalName(name), typeName);

    private static bool TryInt64(object? value, out long number)
    {
        switch (value)
        {
            case long signed:
                number = signed;
                return true;
            case ulong unsigned:
                number = (long)unsigned;
                return unsigned <= long.MaxValue;
            case BigInteger:
                number = 0;
                return false;
            default:
                number = Convert.ToInt64(value, CultureInfo.InvariantCulture);
                return true;
        }
    }

    private JToken? Find(string? name)
    {
        if (_frames.Count == 0) return _root;
        Frame frame = _frames[^1];
        return frame.Container switch
        {
            JArray elements => elements[frame.Index],
            JObject members => members.TryGetValue(name!, out JToken? member) ? member : null,
            _ => null,
        };
    }

    /// <summary>Finds a value and notes that its member was read.</summary>
    private JToken Take(string? name)
    {
        JToken token = Find(name) ?? throw Missing(name);
        if (_frames.Count == 0) return token;
        Frame frame = _frames[^1];
        if (frame.Container is JObject && !WasRead(name!, frame.FirstRead)) _read.Add(name!);
        return token;
    }

    private bool WasRead(string name, int first)
    {
        for (int i = first; i < _read.Count; i++)
        {
            if (_read[i] == name) return true;
        }

        return false;
    }

    private void Leave(Frame frame)
    {
        _read.RemoveRange(frame.FirstRead, _read.Count - frame.FirstRead);
        _frames.RemoveAt(_frames.Count - 1);
    }

    private VisitorException Missing(string? name) => new($"Parameter '{FullName(name)}' is missing");

    private VisitorException WrongType(string? name, string expected) =>
        new($"Invalid parameter type for '{FullName(name)}', expected: {expected}");

    private VisitorException Unexpected(JObject members, int firstRead)
    {
        List<string> names = [.. members.Properties().Select(p => p.Name)];
        string name = LeftoverMember.Choose(names, _read.Skip(firstRead));
        return new VisitorException($"Parameter '{FullName(name)}' is unexpected");
    }

    /// <summary>The path from the root to the member, such as <c>channels[0].addr.type</c>.</summary>
    private string FullName(string? name)
    {
        var path = new StringBuilder();
        for (int i = _frames.Count - 1; i >= 0; i--)
        {
            Frame frame = _frames[i];
            if (frame.Container is not JArray) path.Insert(0, name).Insert(0, '.');
            else path.Insert(0, string.Create(CultureInfo.InvariantCulture, $"[{frame.Index}]"));
            name = frame.Name;
        }

        if (name is not null) path.Insert(0, name);
        else if (path.Length == 0) return "<anonymous>";
        else if (path[0] == '.') path.Remove(0, 1);
        return path.ToString();
    }
}
