using System.Globalization;
using System.Text;
using Newtonsoft.Json.Linq;

namespace Qmp.Protocol.Visitors;

/// <summary>Walks a tree of objects and lists; what its leaves look like is the business of the visitors below.</summary>
/// <remarks>
/// Strict by nature: members that no reader asked for are an error, except where a tolerant visitor hands them back.
/// Reused from value to value by <see cref="Reset"/>. Texts are those of QEMU's visitor of JSON trees.
/// </remarks>
public abstract class TreeInputVisitor : InputVisitor
{
    private readonly List<Frame> _frames = [];
    private readonly List<string> _read = [];
    private readonly CompatPolicy _policy;
    private readonly bool _tolerant;
    private JToken? _root;

    private protected TreeInputVisitor(CompatPolicy? policy = null, bool tolerant = false)
    {
        _policy = policy ?? CompatPolicy.Permissive;
        _tolerant = tolerant;
    }

    private record struct Frame(JToken? Container, string? Name, int FirstRead)
    {
        public int Index = -1;
    }

    /// <summary>
    /// The type of object whose properties the root's members are, such as <c>loader</c>; messages about members
    /// that it does not have then say so. <see langword="null"/> for parameters.
    /// </summary>
    public string? PropertiesOf { get; init; }

    /// <summary>How many objects and lists have been entered and not left.</summary>
    private protected int Depth => _frames.Count;

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
        Enter(token, name);
    }

    /// <inheritdoc/>
    public override JObject? EndStruct()
    {
        Frame frame = _frames[^1];
        JObject? unread = null;
        if (frame.Container is JObject members && members.Count > _read.Count - frame.FirstRead)
        {
            if (!_tolerant) throw Unexpected(Leftover(members, _read.Skip(frame.FirstRead)));
            unread = [];
            foreach (JProperty property in members.Properties())
            {
                if (!WasRead(property.Name, frame.FirstRead)) unread.Add(property.Name, property.Value);
            }
        }

        Leave();
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
        JToken token = Take(name);
        if (token is not JArray) throw WrongType(name, "array");
        Enter(token, name);
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
    public override void EndList() => Leave();

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

    /// <summary>How messages about a single value call a member; elements of lists have no name.</summary>
    private protected static string LocalName(string? name) => name ?? "null";

    private protected static VisitorException Expects(string name, string what) =>
        new($"Parameter '{name}' expects {what}");

    private protected static VisitorException OutOfRange(string? name, string typeName) =>
        Expects(LocalName(name), typeName);

    private protected VisitorException WrongType(string? name, string expected) =>
        new($"Invalid parameter type for '{FullName(name)}', expected: {expected}");

    private protected VisitorException Missing(string? name) => new($"Parameter '{FullName(name)}' is missing");

    /// <summary>The error about a member that no reader asked for.</summary>
    private protected virtual VisitorException Unexpected(string name) => PropertiesOf is not null && Depth == 1
        ? new VisitorException($"Property '{PropertiesOf}.{name}' not found")
        : new VisitorException($"Parameter '{FullName(name)}' is unexpected");

    /// <summary>Which of several unexpected members is named.</summary>
    private protected virtual string Leftover(JObject members, IEnumerable<string> read) =>
        LeftoverMember.Choose([.. members.Properties().Select(property => property.Name)], read);

    /// <summary>How an element of a list shows in a path.</summary>
    private protected virtual string IndexText(int index) => string.Create(CultureInfo.InvariantCulture, $"[{index}]");

    /// <summary>The path from the root to the member, such as <c>channels[0].addr.type</c>.</summary>
    private protected virtual string FullName(string? name)
    {
        var path = new StringBuilder();
        for (int i = _frames.Count - 1; i >= 0; i--)
        {
            Frame frame = _frames[i];
            if (frame.Container is not JArray) path.Insert(0, name).Insert(0, '.');
            else path.Insert(0, IndexText(frame.Index));
            name = frame.Name;
        }

        if (name is not null) path.Insert(0, name);
        else if (path.Length == 0) return "<anonymous>";
        else if (path[0] == '.') path.Remove(0, 1);
        return path.ToString();
    }

    /// <summary>The value under a name, or <see langword="null"/> if there is none.</summary>
    private protected JToken? Find(string? name)
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
    private protected JToken Take(string? name)
    {
        JToken token = Find(name) ?? throw Missing(name);
        if (_frames.Count == 0) return token;
        Frame frame = _frames[^1];
        if (frame.Container is JObject && !WasRead(name!, frame.FirstRead)) _read.Add(name!);
        return token;
    }

    private void Enter(JToken container, string? name) => _frames.Add(new Frame(container, name, _read.Count));

    private void Leave()
    {
        int first = _frames[^1].FirstRead;
        _read.RemoveRange(first, _read.Count - first);
        _frames.RemoveAt(_frames.Count - 1);
    }

    private bool WasRead(string name, int first)
    {
        for (int i = first; i < _read.Count; i++)
        {
            if (_read[i] == name) return true;
        }

        return false;
    }
}
