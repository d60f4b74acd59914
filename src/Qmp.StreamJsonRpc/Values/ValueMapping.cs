using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using StreamJsonRpc.Protocol;

namespace Qmp.StreamJsonRpc.Values;

/// <summary>Between .NET values and JSON.</summary>
internal sealed class ValueMapping(JsonSerializer serializer)
{
    /// <summary>
    /// Names the parameter that stands for the whole object of arguments or data. No member of a schema is called so.
    /// </summary>
    public const string WholeObject = "*";

    private readonly QmpValueConverter[] _schemaTypes = [.. serializer.Converters.OfType<QmpValueConverter>()];

    /// <summary>The value as JSON.</summary>
    public JToken ToToken(object? value) => value switch
    {
        null => JValue.CreateNull(),
        JToken token => token,
        _ => JToken.FromObject(value, serializer),
    };

    /// <summary>JSON as a value of the type.</summary>
    public object? FromToken(JToken token, Type type) =>
        type.IsInstanceOfType(token) ? token : token.ToObject(type, serializer);

    /// <summary>The arguments of a call or the data of an event.</summary>
    /// <exception cref="NotSupportedException">The arguments are positional; QMP has named ones only.</exception>
    public JObject? ToMembers(JsonRpcRequest request)
    {
        switch (request.Arguments)
        {
            case null:
                return null;
            case JObject members:
                return members;
            case IReadOnlyDictionary<string, object?> named:
                return FromNamed(request.Method, named);
            case IReadOnlyList<object?> { Count: 0 }:
                return null;
            case IReadOnlyList<object?> { Count: 1 } only when only[0] is null || IsObject(only[0]!):
                return Whole(request.Method, only[0]);
            case IReadOnlyList<object?>:
                throw new NotSupportedException(
                    $"'{request.Method}' has positional arguments, QMP's have names: call "
                    + "InvokeWithParameterObjectAsync, or attach the proxy with ServerRequiresNamedArguments.");
            default:
                return Whole(request.Method, request.Arguments);
        }
    }

    private JObject? FromNamed(string? method, IReadOnlyDictionary<string, object?> named)
    {
        if (named.TryGetValue(WholeObject, out object? whole))
        {
            return named.Count == 1
                ? Whole(method, whole)
                : throw new NotSupportedException(
                    $"'{method}' has arguments beside '{WholeObject}', which stands for all of them.");
        }

        var members = new JObject();
        foreach ((string name, object? value) in named)
        {
            // An optional argument is left out; who wants a null on the wire says JValue.CreateNull().
            if (value is not null) members.Add(name, ToToken(value));
        }

        return members;
    }

    private JObject? Whole(string? method, object? value)
    {
        if (value is null) return null;
        return ToToken(value) as JObject
            ?? throw new NotSupportedException($"The arguments of '{method}' are no JSON object.");
    }

    /// <summary>Whether a sole positional argument can only be meant as the whole object.</summary>
    private bool IsObject(object value) =>
        value is JObject or IReadOnlyDictionary<string, object?>
        || _schemaTypes.Any(types => types.CanConvert(value.GetType()) && !value.GetType().IsEnum);
}
