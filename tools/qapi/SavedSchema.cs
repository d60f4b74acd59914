using System.Text.Json;
using Qapi.Introspection;

namespace Qapi.Tool;

/// <summary>Finds the reply to <c>query-qmp-schema</c> in a file: alone, with its envelope, or in a transcript.</summary>
internal static class SavedSchema
{
    /// <summary>Whether a file holds such a reply, and not a schema: schemas quote with apostrophes.</summary>
    public static bool IsSaved(ReadOnlySpan<byte> text) => text.IndexOf("\"meta-type\""u8) >= 0;

    /// <summary>Reads the last such reply of a file.</summary>
    /// <exception cref="FormatException">The file holds no schema.</exception>
    public static IReadOnlyList<SchemaInfo> Read(ReadOnlySpan<byte> text)
    {
        IReadOnlyList<SchemaInfo>? found = null;
        while (text.IndexOfAny((byte)'{', (byte)'[') is var start && start >= 0)
        {
            text = text[start..];
            using var value = TryParse(text, out var length);
            if (value is not null)
                found = SchemaOf(value.RootElement) ?? found;
            text = text[length..];
        }
        return found ?? throw new FormatException("no reply to query-qmp-schema in it");
    }

    /// <summary>Reads a JSON value; null for text that is not JSON, of which the rest of the line is skipped.</summary>
    private static JsonDocument? TryParse(ReadOnlySpan<byte> text, out int length)
    {
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { AllowMultipleValues = true });
        try
        {
            var value = JsonDocument.ParseValue(ref reader);
            length = (int)reader.BytesConsumed;
            return value;
        }
        catch (JsonException)
        {
            var end = text.IndexOf((byte)'\n');
            length = end < 0 ? text.Length : end;
            return null;
        }
    }

    private static IReadOnlyList<SchemaInfo>? SchemaOf(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Object && !value.TryGetProperty("return", out value))
            return null;
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() == 0)
            return null;
        var first = value[0];
        if (first.ValueKind != JsonValueKind.Object || !first.TryGetProperty("meta-type", out _))
            return null;
        try
        {
            return [.. value.EnumerateArray().Select(Entity)];
        }
        catch (Exception failure) when (failure is KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException($"its reply to query-qmp-schema is damaged: {failure.Message}");
        }
    }

    private static SchemaInfo Entity(JsonElement entity)
    {
        var name = Text(entity, "name");
        var features = Features(entity);
        return Text(entity, "meta-type") switch
        {
            "builtin" => new SchemaInfo.Builtin(name, Text(entity, "json-type")),
            "enum" => new SchemaInfo.Enum(name, features, EnumValues(entity)),
            "array" => new SchemaInfo.Array(name, Text(entity, "element-type")),
            "object" => new SchemaInfo.Object(name, features, List(entity, "members", Member),
                entity.TryGetProperty("tag", out var tag) ? tag.GetString() : null,
                List(entity, "variants", variant =>
                    new SchemaInfo.Variant(Text(variant, "case"), Text(variant, "type")))),
            "alternate" => new SchemaInfo.Alternate(name, features,
                List(entity, "members", member => Text(member, "type"))),
            "command" => new SchemaInfo.Command(name, features, Text(entity, "arg-type"), Text(entity, "ret-type"),
                entity.TryGetProperty("allow-oob", out var oob) && oob.GetBoolean()),
            "event" => new SchemaInfo.Event(name, features, Text(entity, "arg-type")),
            var other => throw new FormatException($"unknown meta-type '{other}'"),
        };
    }

    /// <summary>Before 6.2 values had no features, and only names were listed.</summary>
    private static IReadOnlyList<SchemaInfo.Value> EnumValues(JsonElement entity) =>
        entity.TryGetProperty("members", out _)
            ? List(entity, "members", value => new SchemaInfo.Value(Text(value, "name"), Features(value)))
            : List(entity, "values", value => new SchemaInfo.Value(value.GetString()!, []));

    private static SchemaInfo.Member Member(JsonElement member) => new(
        Text(member, "name"), Text(member, "type"), member.TryGetProperty("default", out _), Features(member));

    private static IReadOnlyList<string> Features(JsonElement entity) =>
        List(entity, "features", feature => feature.GetString()!);

    private static string Text(JsonElement entity, string name) =>
        entity.GetProperty(name).GetString() ?? throw new InvalidOperationException($"'{name}' is null");

    private static IReadOnlyList<T> List<T>(JsonElement entity, string name, Func<JsonElement, T> read) =>
        entity.TryGetProperty(name, out var list) ? [.. list.EnumerateArray().Select(read)] : [];
}
