using Qmp.Protocol.Messages;
using Qmp.StreamJsonRpc.Mapping;
using StreamJsonRpc.Protocol;

namespace Qmp.StreamJsonRpc.Server;

/// <summary>A JsonRpc's errors in QMP's words.</summary>
internal static class ServerErrors
{
    public static QmpError NotFound(string command) => QmpError.NotFound($"The command {command} has not been found");

    /// <summary>What a client is told of a failed command.</summary>
    public static QmpError From(InboundRequest command, JsonRpcError.ErrorDetail? detail) => detail switch
    {
        { Data: QmpError error } => error,
        { Code: JsonRpcErrorCode.MethodNotFound } => NotFound(command.Method!),
        { Code: JsonRpcErrorCode.InvalidParams } =>
            QmpError.Generic(command.Mismatch ?? $"The arguments of {command.Method} do not fit"),
        { Code: JsonRpcErrorCode.RequestCanceled } => QmpError.Generic($"The command {command.Method} was cancelled"),
        // Thrown as a LocalRpcException, for the client to read.
        { Code: JsonRpcErrorCode.InvocationError, Data: null, Message: { } message } => QmpError.Generic(message),
        // Anything else tells of the inside of the server, which is in its trace.
        _ => QmpError.Generic($"The command {command.Method} failed"),
    };
}
