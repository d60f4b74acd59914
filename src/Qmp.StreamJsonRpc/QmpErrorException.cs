using Qmp.Protocol.Messages;
using StreamJsonRpc;

namespace Qmp.StreamJsonRpc;

/// <summary>Thrown by a server's target method: the command fails with this class and description.</summary>
public sealed class QmpErrorException : LocalRpcException
{
    /// <summary>Makes one of the class <see cref="QmpError.GenericError"/>.</summary>
    public QmpErrorException(string description)
        : this(QmpError.Generic(description))
    {
    }

    /// <summary>Makes one of any class.</summary>
    public QmpErrorException(QmpError error)
        : base(error.Description)
    {
        ErrorData = error;
    }
}
