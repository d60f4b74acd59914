using Qmp.Protocol.Messages;
using StreamJsonRpc;

namespace Qmp.StreamJsonRpc;

/// <summary>QMP's errors in StreamJsonRpc's exceptions.</summary>
public static class QmpErrorExtensions
{
    /// <summary>
    /// The class and description that the server answered, or <see langword="null"/> if the exception has another
    /// reason. <c>CommandNotFound</c> arrives as <see cref="RemoteMethodNotFoundException"/>, every other class as
    /// <see cref="RemoteInvocationException"/>.
    /// </summary>
    public static QmpError? GetQmpError(this RemoteRpcException exception) => exception.ErrorData as QmpError;
}
