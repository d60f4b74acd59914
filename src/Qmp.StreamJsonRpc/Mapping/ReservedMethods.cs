using StreamJsonRpc;
using StreamJsonRpc.Protocol;

namespace Qmp.StreamJsonRpc.Mapping;

/// <summary>Methods by which one JsonRpc talks to another. No QMP peer knows them.</summary>
internal static class ReservedMethods
{
    /// <summary>What their names begin with.</summary>
    public const string Prefix = "$/";

    private const string Cancel = "$/cancelRequest";

    /// <summary>The call that a reserved message gives up: the only one that has a meaning here.</summary>
    /// <exception cref="NotSupportedException">The method is reserved, but is not the one that cancels a call.</exception>
    public static RequestId CancelledId(JsonRpcRequest request) =>
        request.Method == Cancel
            ? request.NamedArguments?.GetValueOrDefault("id") is RequestId id ? id : default
            : throw new NotSupportedException(
                $"'{request.Method}' is for peers that are JsonRpc, too: QMP knows no progress, streams or proxies.");
}
