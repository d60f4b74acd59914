using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Qmp.Protocol.Json;
using Qmp.Protocol.Messages;
using Qmp.Protocol.Visitors;

namespace Qmp.StreamJsonRpc;

/// <summary>Reads and writes types of a schema, in lists and in other types too, by their generated visitors.</summary>
/// <remarks>
/// Generated code fills it (<c>QapiEmit</c> <c>StreamJsonRpc</c>); hand it to <see cref="QmpSerializer.Create"/>.
/// Once in use it must not be added to.
/// </remarks>
/// <param name="strict">
/// Whether members and enum texts that the schema does not know are refused, with QEMU's texts: what a server does.
/// Otherwise they go to the value's extension bag.
/// </param>
public sealed class QmpValueConverter(bool strict = false) : JsonConverter
{
    private readonly Dictionary<Type, Conversion> _types = [];

    private readonly record struct Conversion(Action<OutputVisitor, object> Write, Func<InputVisitor, object> Read);

    /// <summary>Adds a type.</summary>
    public QmpValueConverter Add<T>(ValueWriter<T> write, ValueReader<T> read)
        where T : notnull
    {
        _types.Add(typeof(T), new((visitor, value) => write(visitor, [], (T)value), visitor => read(visitor, null)));
        return this;
    }

    /// <summary>Whether it is a type of the schema, or a branch of a union of it.</summary>
    public override bool CanConvert(Type objectType) => TypeOf(objectType) is not null;

    /// <inheritdoc/>
    /// <exception cref="VisitorException">The input does not fit the type.</exception>
    public override object? ReadJson(
        JsonReader reader, Type objectType, object? existingValue, JsonSerializer serializer)
    {
        JToken token = JToken.ReadFrom(reader);
        if (token.Type == JTokenType.Null && Nullable.GetUnderlyingType(objectType) is not null) return null;
        var visitor = new JsonInputVisitor(tolerant: !strict);
        visitor.Reset(token);
        return _types[TypeOf(objectType)!].Read(visitor);
    }

    /// <inheritdoc/>
    public override void WriteJson(JsonWriter writer, object? value, JsonSerializer serializer)
    {
        if (value is null)
        {
            writer.WriteNull();
            return;
        }

        using var buffer = new ByteBuffer();
        _types[TypeOf(value.GetType())!].Write(new JsonOutputVisitor(buffer), value);
        using JsonMessage message = JsonMessage.Parse(buffer.Span);
        message.ToJToken(0).WriteTo(writer);
    }

    /// <summary>The type that was added: that of the branch's union, too.</summary>
    private Type? TypeOf(Type type)
    {
        for (Type? known = Nullable.GetUnderlyingType(type) ?? type; known is not null; known = known.BaseType)
        {
            if (_types.ContainsKey(known)) return known;
        }

        return null;
    }
}
