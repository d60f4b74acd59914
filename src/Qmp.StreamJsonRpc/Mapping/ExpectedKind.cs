using Newtonsoft.Json.Linq;

namespace Qmp.StreamJsonRpc.Mapping;

/// <summary>
/// Newtonsoft converts between strings, numbers and booleans. QMP does not, so these conversions are refused.
/// </summary>
internal static class ExpectedKind
{
    /// <summary>The kind that is expected instead, in QEMU's words, or <see langword="null"/> if it fits.</summary>
    public static string? Of(JToken token, Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsEnum) return token.Type == JTokenType.String ? null : "string";
        return Type.GetTypeCode(type) switch
        {
            TypeCode.String => token.Type == JTokenType.String ? null : "string",
            TypeCode.Boolean => token.Type == JTokenType.Boolean ? null : "boolean",
            >= TypeCode.SByte and <= TypeCode.UInt64 => token.Type == JTokenType.Integer ? null : "integer",
            >= TypeCode.Single and <= TypeCode.Decimal =>
                token.Type is JTokenType.Integer or JTokenType.Float ? null : "number",
            _ => null,
        };
    }
}
