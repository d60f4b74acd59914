using Qmp.Protocol.Messages;
using StreamJsonRpc;
using StreamJsonRpc.Protocol;

namespace Qmp.StreamJsonRpc.Mapping;

/// <summary>Error replies as JSON-RPC has them: the message is the description, the data all of it.</summary>
internal static class ErrorMessage
{
    /// <summary>An error of the server.</summary>
    public static JsonRpcError From(RequestId id, QmpError error) => new()
    {
        RequestId = id,
        Error = new Detail
        {
            Code = error.Class == QmpError.CommandNotFound
                ? JsonRpcErrorCode.MethodNotFound
                : JsonRpcErrorCode.InvocationError,
            Message = error.Description,
            Data = error,
        },
    };

    /// <summary>What ends a call whose caller has stopped waiting.</summary>
    public static JsonRpcError Cancelled(RequestId id) => new()
    {
        RequestId = id,
        Error = new Detail
        {
            Code = JsonRpcErrorCode.RequestCanceled,
            Message = "The caller stopped waiting; QMP cannot cancel a command.",
        },
    };

    private sealed class Detail : JsonRpcError.ErrorDetail
    {
        /// <summary>The error as it is: there is nothing to deserialize.</summary>
        public override object? GetData(Type dataType) => Data;
    }
}
