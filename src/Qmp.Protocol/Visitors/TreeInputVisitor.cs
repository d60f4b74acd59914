using System.Globalization;
using System.Text;
using Newtonsoft.Json.Linq;

namespace Qmp.Protocol.Visitors;

/// <summary>Walks objects and lists. How a number or a string is written is left to the derived visitors.</summary>
/// <remarks>
/// A member that was not read is an error, unless the visitor is tolerant: then it is handed back. One visitor
/// serves value after value; <see cref="Begin"/> turns to the next one. Texts are those of QEMU's visitor of JSON trees.
/// </remarks>
public abstract class TreeInputVisitor : InputVisitor
{
    private Frame[] _frames = new Frame[4];
    private int _depth;
    private readonly List<string> _read = [];
    private readonly CompatPolicy _policy;
    private readonly bool _tolerant;
    private InputNode? _root;

    private protected TreeInputVisitor(CompatPolicy? policy = null, bool tolerant = false)
    {
        _policy = policy ?? CompatPolicy.Permissive;
        _tolerant = tolerant;
    }

    private ref Frame Top => ref _frames[_depth - 1];

    /// <summary>An object or list that was entered.</summary>
    private struct Frame
    {
        /// <summary>The object or list; none for the members of an absent root.</summary>
        public InputNode? Container;

        /// <summary>Whether it is a list.</summary>
        public bool IsList;

        /// <summary>The name it was entered by.</summary>
        public string? Name;

        /// <summary>Where the names of its members begin among those that were read.</summary>
        public int FirstRead;

        /// <summary>The place of the current element of a list, from 0; -1 before the first.</summary>
        public int Index;

        /// <summary>The current element of a list.</summary>
        public InputNode Element;
    }

    /// <summary>
    /// Whether a wrong value in a list is named by its place, such as <c>capabilities[0]</c>. QEMU calls it
    /// <c>null</c>, which tells a person nothing.
    /// </summary>
    public bool NamesElements { get; init; }

    /// <summary>
    /// Where the root's members are the properties of an object, the type of that object, such as <c>loader</c>: a
    /// message about an unexpected member then speaks of a property. <see langword="null"/> for parameters.
    /// </summary>
    public string? PropertiesOf { get; init; }

    /// <summary>How many objects and lists have been entered and not left.</summary>
    private protected int Depth => _depth;

    /// <inheritdoc/>
    public override void StartStruct(string? name)
    {
        if (_root is null && _depth == 0)
        {
            Push(isList: false, name);
            return;
        }

        InputNode node = Take(name);
        if (node.Kind != JsonKind.Object) throw WrongType(name, "object");
        Enter(node, isList: false, name);
    }

    /// <inheritdoc/>
    public override JObject? EndStruct()
    {
        ref readonly Frame frame = ref Top;
        JObject? unread = null;
        if (frame.Container is { } container && container.CountMembers() > _read.Count - frame.FirstRead)
        {
            if (!_tolerant)
            {
                string[] names = [.. container.Members().Select(member => member.Key)];
                throw Unexpected(Leftover(names, _read.Skip(frame.FirstRead)));
            }

            unread = [];
            foreach ((string name, InputNode value) in container.Members())
            {
                if (!WasRead(name, frame.FirstRead)) unread.Add(name, value.ToJToken());
            }
        }

        Leave();
        return unread;
    }

    /// <inheritdoc/>
    public override bool HasMember(string name, SpecialFeatures features = SpecialFeatures.None)
    {
        if (Top.Container is not { } container || !container.TryGetMember(name, out _)) return false;
        if (_policy.Lacks(features)) return false;
        CheckMember(name, features);
        return true;
    }

    /// <inheritdoc/>
    public override bool MayOmit(string name, SpecialFeatures features) =>
        _policy.Lacks(features) || (_policy.Variant is null && !HasMember(name, features));

    /// <inheritdoc/>
    public override void CheckMember(string name, SpecialFeatures features)
    {
        if (_policy.Refuses(features, "parameter", name) is { } reason) throw new VisitorException(reason);
    }

    /// <inheritdoc/>
    public override void StartList(string? name)
    {
        InputNode node = Take(name);
        if (node.Kind != JsonKind.Array) throw WrongType(name, "array");
        Enter(node, isList: true, name);
    }

    /// <inheritdoc/>
    public override bool NextElement()
    {
        ref Frame frame = ref Top;
        return frame.Container!.Value.TryGetElement(++frame.Index, ref frame.Element);
    }

    /// <inheritdoc/>
    public override void EndList() => Leave();

    /// <inheritdoc/>
    public override JsonKind PeekAlternate(string? name) =>
        TryFind(name, out InputNode node) ? node.Kind : throw Missing(name);

    /// <inheritdoc/>
    public override JToken ReadAny(string? name) => Take(name).ToJToken();

    /// <inheritdoc/>
    public override int ReadEnum(string? name, EnumNames names)
    {
        int index = ReadIndex(name, names, out string text);
        if (index < 0 || _policy.Lacks(names.Features(index)))
        {
            return _tolerant
                ? -1
                : throw new VisitorException($"Parameter '{EnumName(name)}' does not accept value '{text}'");
        }

        if (_policy.Refuses(names.Features(index), "value", text) is { } reason) throw new VisitorException(reason);
        return index;
    }

    /// <inheritdoc/>
    public override VisitorException NoBranch(string? name, string typeName) =>
        new($"Invalid parameter type for '{LocalName(name)}', expected: {typeName}");

    /// <summary>Reads the text of an enum and finds it among the names.</summary>
    /// <returns>Its index, or -1.</returns>
    private protected virtual int ReadIndex(string? name, EnumNames names, out string text)
    {
        text = ReadString(name);
        return names.IndexOf(text);
    }

    private string EnumName(string? name) => name is null && NamesElements ? FullName(name) : LocalName(name);

    /// <summary>How messages about a single value call a member; elements of lists have no name.</summary>
    private protected static string LocalName(string? name) => name ?? "null";

    private protected static VisitorException Expects(string name, string what) =>
        new($"Parameter '{name}' expects {what}");

    private protected static VisitorException OutOfRange(string? name, string typeName) =>
        Expects(LocalName(name), typeName);

    private protected VisitorException WrongType(string? name, string expected) =>
        new($"Invalid parameter type for '{FullName(name)}', expected: {expected}");

    private protected VisitorException Missing(string? name) => new($"Parameter '{FullName(name)}' is missing");

    /// <summary>The error about a member that was not read.</summary>
    private protected virtual VisitorException Unexpected(string name) => PropertiesOf is not null && Depth == 1
        ? new VisitorException($"Property '{PropertiesOf}.{name}' not found")
        : new VisitorException($"Parameter '{FullName(name)}' is unexpected");

    /// <summary>Which of several unexpected members is named.</summary>
    /// <param name="members">The names of all members, in the order of the input.</param>
    /// <param name="read">The names of those that were read, in the order in which they were.</param>
    private protected virtual string Leftover(IReadOnlyList<string> members, IEnumerable<string> read) =>
        LeftoverMember.Choose(members, read);

    /// <summary>How an element of a list shows in a path.</summary>
    private protected virtual string IndexText(int index) => string.Create(CultureInfo.InvariantCulture, $"[{index}]");

    /// <summary>The path from the root to the member, such as <c>channels[0].addr.type</c>.</summary>
    private protected virtual string FullName(string? name)
    {
        var path = new StringBuilder();
        for (int i = _depth - 1; i >= 0; i--)
        {
            ref readonly Frame frame = ref _frames[i];
            if (!frame.IsList) path.Insert(0, name).Insert(0, '.');
            else path.Insert(0, IndexText(frame.Index));
            name = frame.Name;
        }

        if (name is not null) path.Insert(0, name);
        else if (path.Length == 0) return "<anonymous>";
        else if (path[0] == '.') path.Remove(0, 1);
        return path.ToString();
    }

    /// <summary>Finds the value under a name: a member of the object, or the current element of the list.</summary>
    private protected bool TryFind(string? name, out InputNode node)
    {
        node = default;
        if (_depth == 0)
        {
            node = _root.GetValueOrDefault();
            return _root.HasValue;
        }

        ref readonly Frame frame = ref Top;
        if (!frame.IsList) return frame.Container is { } container && container.TryGetMember(name!, out node);
        node = frame.Element;
        return true;
    }

    /// <summary>Finds a value and notes that its member was read.</summary>
    private protected InputNode Take(string? name)
    {
        if (!TryFind(name, out InputNode node)) throw Missing(name);
        if (_depth == 0) return node;
        ref readonly Frame frame = ref Top;
        if (!frame.IsList && !WasRead(name!, frame.FirstRead)) _read.Add(name!);
        return node;
    }

    /// <summary>Turns to the next value.</summary>
    /// <param name="root">The value, or <see langword="null"/> for an empty object, which costs nothing.</param>
    private protected void Begin(InputNode? root)
    {
        _root = root;
        _depth = 0;
        _read.Clear();
    }

    private void Enter(in InputNode container, bool isList, string? name) => Push(isList, name).Container = container;

    // In place: a frame is large to be moved about.
    private ref Frame Push(bool isList, string? name)
    {
        if (_depth == _frames.Length) Array.Resize(ref _frames, 2 * _depth);
        ref Frame frame = ref _frames[_depth++];
        frame.Container = null;
        frame.IsList = isList;
        frame.Name = name;
        frame.FirstRead = _read.Count;
        frame.Index = -1;
        return ref frame;
    }

    private void Leave()
    {
        int first = Top.FirstRead;
        if (_read.Count > first) _read.RemoveRange(first, _read.Count - first);
        _depth--;
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
