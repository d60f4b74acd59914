using Newtonsoft.Json.Linq;
using Qmp.Protocol.Json;

namespace Qmp.Protocol.Visitors;

/// <summary>Writes values in QEMU's JSON.</summary>
/// <remarks>Reused from message to message: the owner of the buffer decides when a message starts.</remarks>
public sealed class JsonOutputVisitor : OutputVisitor
{
    private readonly JsonEmitter _emitter;
    private readonly CompatPolicy _policy;
    private readonly Stack<ExtensionCursor> _extensions = [];
    private int _depth;

    /// <summary>Writes into <paramref name="output"/>.</summary>
    /// <param name="output">Where the bytes go; not disposed.</param>
    /// <param name="pretty">One member a line, for people.</param>
    /// <param name="policy">What is hidden; nothing by default.</param>
    public JsonOutputVisitor(ByteBuffer output, bool pretty = false, CompatPolicy? policy = null)
        : this(new JsonEmitter(output, pretty), policy ?? CompatPolicy.Permissive)
    {
    }

    internal JsonOutputVisitor(JsonEmitter emitter, CompatPolicy policy)
    {
        _emitter = emitter;
        _policy = policy;
    }

    /// <inheritdoc/>
    public override void StartStruct(ReadOnlySpan<byte> name, JObject? extension = null)
    {
        Name(name);
        _emitter.Open('{');
        _depth++;
        if (extension is { Count: > 0 }) _extensions.Push(new ExtensionCursor(extension, _depth));
    }

    /// <inheritdoc/>
    public override void EndStruct()
    {
        if (IsExtended) _extensions.Pop().WriteRest(_emitter);
        _depth--;
        _emitter.Close('}');
    }

    /// <inheritdoc/>
    public override bool Hides(SpecialFeatures features) => _policy.Hides(features);

    /// <inheritdoc/>
    public override void StartList(ReadOnlySpan<byte> name)
    {
        Name(name);
        _emitter.Open('[');
        _depth++;
    }

    /// <inheritdoc/>
    public override void EndList()
    {
        _depth--;
        _emitter.Close(']');
    }

    /// <inheritdoc/>
    public override void WriteInt(ReadOnlySpan<byte> name, long value)
    {
        Name(name);
        _emitter.Integer(value);
    }

    /// <inheritdoc/>
    public override void WriteUInt(ReadOnlySpan<byte> name, ulong value)
    {
        Name(name);
        _emitter.Integer(value);
    }

    /// <inheritdoc/>
    public override void WriteSize(ReadOnlySpan<byte> name, ulong value) => WriteUInt(name, value);

    /// <inheritdoc/>
    public override void WriteNumber(ReadOnlySpan<byte> name, double value)
    {
        Name(name);
        _emitter.Number(value);
    }

    /// <inheritdoc/>
    public override void WriteBool(ReadOnlySpan<byte> name, bool value)
    {
        Name(name);
        _emitter.Boolean(value);
    }

    /// <inheritdoc/>
    public override void WriteString(ReadOnlySpan<byte> name, string value)
    {
        Name(name);
        _emitter.Quote(value);
    }

    /// <inheritdoc/>
    public override void WriteEnum(ReadOnlySpan<byte> name, string value) => WriteString(name, value);

    /// <inheritdoc/>
    public override void WriteNull(ReadOnlySpan<byte> name)
    {
        Name(name);
        _emitter.Null();
    }

    /// <inheritdoc/>
    public override void WriteAny(ReadOnlySpan<byte> name, JToken value)
    {
        Name(name);
        JTokenEmitter.Write(_emitter, value);
    }

    /// <summary>Whether the object that is open has members beside the schema's.</summary>
    private bool IsExtended => _extensions.Count > 0 && _extensions.Peek().Depth == _depth;

    /// <summary>Forgets all nesting, for a new message.</summary>
    internal void Reset()
    {
        _emitter.Reset();
        _extensions.Clear();
        _depth = 0;
    }

    private void Name(ReadOnlySpan<byte> name)
    {
        if (IsExtended) _extensions.Peek().WriteBefore(_emitter, name);
        _emitter.Name(name);
    }
}
