using Newtonsoft.Json.Linq;
using Qmp.StreamJsonRpc.Values;
using StreamJsonRpc;
using StreamJsonRpc.Protocol;

namespace Qmp.StreamJsonRpc.Mapping;

/// <summary>A successful reply, whose value is read once the caller's type is known.</summary>
internal sealed class ResultMessage : JsonRpcResult
{
    private readonly JToken _value;
    private readonly ValueMapping _values;

    public ResultMessage(RequestId id, JToken value, ValueMapping values)
    {
        _value = value;
        _values = values;
        RequestId = id;
        Result = value;
    }

    /// <inheritdoc/>
    public override T GetResult<T>() => (T)_values.FromToken(_value, typeof(T))!;
}
