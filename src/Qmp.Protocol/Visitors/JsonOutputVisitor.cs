using Newtonsoft.Json.Linq;
using Qmp.Protocol.Json;

namespace Qmp.Protocol.Visitors;

/// <summary>Writes values in QEMU's JSON.</summary>
/// <remarks>Reused from message to message; whoever owns the buffer decides when one starts.</remarks>
public sealed class JsonOutputVisitor : OutputVisitor
{
    private readonly JsonEmitter _emitter;
    private readonly CompatPolicy _policy;

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
    public override void StartStruct(ReadOnlySpan<byte> name)
    {
        _emitter.Name(name);
        _emitter.Open('{');
    }

    /// <inheritdoc/>
    public override void EndStruct(JObject? extension = null)
    {
        if (extension is not null) JTokenEmitter.WriteMembers(_emitter, extension);
        _emitter.Close('}');
    }

    /// <inheritdoc/>
    public override bool Hides(SpecialFeatures features) => _policy.Hides(features);

    /// <inheritdoc/>
    public override void StartList(ReadOnlySpan<byte> name)
    {
        _emitter.Name(name);
        _emitter.Open('[');
    }

    /// <inheritdoc/>
    public override void EndList() => _emitter.Close(']');

    /// <inheritdoc/>
    public override void WriteInt(ReadOnlySpan<byte> name, long value)
    {
        _emitter.Name(name);
        _emitter.Integer(value);
    }

    /// <inheritdoc/>
    public override void WriteUInt(ReadOnlySpan<byte> name, ulong value)
    {
        _emitter.Name(name);
        _emitter.Integer(value);
    }

    /// <inheritdoc/>
    public override void WriteSize(ReadOnlySpan<byte> name, ulong value) => WriteUInt(name, value);

    /// <inheritdoc/>
    public override void WriteNumber(ReadOnlySpan<byte> name, double value)
    {
        _emitter.Name(name);
        _emitter.Number(value);
    }

    /// <inheritdoc/>
    public override void WriteBool(ReadOnlySpan<byte> name, bool value)
    {
        _emitter.Name(name);
        _emitter.Boolean(value);
    }

    /// <inheritdoc/>
    public override void WriteString(ReadOnlySpan<byte> name, string value)
    {
        _emitter.Name(name);
        _emitter.Quote(value);
    }

    /// <inheritdoc/>
    public override void WriteEnum(ReadOnlySpan<byte> name, string value) => WriteString(name, value);

    /// <inheritdoc/>
    public override void WriteNull(ReadOnlySpan<byte> name)
    {
        _emitter.Name(name);
        _emitter.Null();
    }

    /// <inheritdoc/>
    public override void WriteAny(ReadOnlySpan<byte> name, JToken value)
    {
        _emitter.Name(name);
        JTokenEmitter.Write(_emitter, value);
    }
}
