using System.Globalization;
using System.Numerics;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Qmp.Protocol.Json;

/// <summary>Newtonsoft's way to write QEMU's dialect.</summary>
/// <remarks>
/// Members appear in the order in which they are written; <see cref="WriteOrdered"/> sorts whole trees as QEMU prints
/// them. What JSON has no form for (dates, identifiers, bytes) becomes a string.
/// </remarks>
public sealed class QmpJsonWriter : JsonWriter
{
    // Newtonsoft does not count raw text as a value: the member would still wait for one.
    private const JsonToken AnyValue = JsonToken.Undefined;

    private readonly JsonEmitter _emitter;
    private bool _named;

    /// <summary>Writes into <paramref name="output"/>.</summary>
    /// <param name="output">Where the bytes go; not disposed.</param>
    /// <param name="pretty">One member a line, for people.</param>
    public QmpJsonWriter(ByteBuffer output, bool pretty = false) => _emitter = new JsonEmitter(output, pretty);

    /// <summary>Writes a whole tree, every object in QEMU's order.</summary>
    public void WriteOrdered(JToken token)
    {
        Begin(AnyValue);
        JTokenEmitter.Write(_emitter, token);
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override void WriteStartObject()
    {
        base.WriteStartObject();
        Separate();
        _emitter.Open('{');
    }

    /// <inheritdoc/>
    public override void WriteStartArray()
    {
        base.WriteStartArray();
        Separate();
        _emitter.Open('[');
    }

    /// <inheritdoc/>
    public override void WriteStartConstructor(string name) =>
        throw new JsonWriterException("JSON has no constructors.");

    /// <inheritdoc/>
    public override void WritePropertyName(string name)
    {
        base.WritePropertyName(name);
        _emitter.Name(name);
        _named = true;
    }

    /// <inheritdoc/>
    public override void WriteNull()
    {
        Begin(JsonToken.Null);
        _emitter.Null();
    }

    /// <inheritdoc/>
    public override void WriteUndefined() => WriteNull();

    /// <inheritdoc/>
    public override void WriteComment(string? text) => throw new JsonWriterException("The dialect has no comments.");

    /// <inheritdoc/>
    public override void WriteRaw(string? json) => _emitter.Raw(Encoding.UTF8.GetBytes(json ?? ""));

    /// <inheritdoc/>
    public override void WriteRawValue(string? json)
    {
        Begin(AnyValue);
        WriteRaw(json);
    }

    /// <inheritdoc/>
    public override void WriteValue(string? value)
    {
        if (value is null) WriteNull();
        else WriteText(value);
    }

    /// <inheritdoc/>
    public override void WriteValue(bool value)
    {
        Begin(JsonToken.Boolean);
        _emitter.Boolean(value);
    }

    /// <inheritdoc/>
    public override void WriteValue(long value)
    {
        Begin(JsonToken.Integer);
        _emitter.Integer(value);
    }

    /// <inheritdoc/>
    public override void WriteValue(ulong value)
    {
        Begin(JsonToken.Integer);
        _emitter.Integer(value);
    }

    /// <inheritdoc/>
    public override void WriteValue(double value)
    {
        Begin(JsonToken.Float);
        _emitter.Number(value);
    }

    /// <inheritdoc/>
    public override void WriteValue(int value) => WriteValue((long)value);

    /// <inheritdoc/>
    public override void WriteValue(uint value) => WriteValue((long)value);

    /// <inheritdoc/>
    public override void WriteValue(short value) => WriteValue((long)value);

    /// <inheritdoc/>
    public override void WriteValue(ushort value) => WriteValue((long)value);

    /// <inheritdoc/>
    public override void WriteValue(byte value) => WriteValue((long)value);

    /// <inheritdoc/>
    public override void WriteValue(sbyte value) => WriteValue((long)value);

    /// <inheritdoc/>
    public override void WriteValue(float value) => WriteValue((double)value);

    /// <inheritdoc/>
    public override void WriteValue(decimal value) => WriteValue((double)value);

    /// <inheritdoc/>
    public override void WriteValue(char value) => WriteText([value]);

    /// <inheritdoc/>
    public override void WriteValue(DateTime value) => WriteText(value.ToString("O", CultureInfo.InvariantCulture));

    /// <inheritdoc/>
    public override void WriteValue(DateTimeOffset value) =>
        WriteText(value.ToString("O", CultureInfo.InvariantCulture));

    /// <inheritdoc/>
    public override void WriteValue(Guid value) => WriteText(value.ToString("D"));

    /// <inheritdoc/>
    public override void WriteValue(TimeSpan value) => WriteText(value.ToString("c", CultureInfo.InvariantCulture));

    /// <inheritdoc/>
    public override void WriteValue(object? value)
    {
        if (value is not BigInteger big) base.WriteValue(value);
        else if (big >= 0 && big <= ulong.MaxValue) WriteValue((ulong)big);
        else WriteValue(NumberLiteral.ToDouble(big));
    }

    /// <inheritdoc/>
    public override void WriteValue(Uri? value) => WriteValue(value?.OriginalString);

    /// <inheritdoc/>
    public override void WriteValue(byte[]? value) => WriteValue(value is null ? null : Convert.ToBase64String(value));

    /// <inheritdoc/>
    protected override void WriteEnd(JsonToken token) => _emitter.Close(token == JsonToken.EndObject ? '}' : ']');

    private void WriteText(ReadOnlySpan<char> text)
    {
        Begin(JsonToken.String);
        _emitter.Quote(text);
    }

    private void Begin(JsonToken token)
    {
        SetWriteState(token, "");
        Separate();
    }

    private void Separate()
    {
        if (!_named) _emitter.Element();
        _named = false;
    }
}
