namespace Qmp.StreamJsonRpc;

/// <summary>The peer does not speak QMP, or broke its rules. The connection is of no use any more.</summary>
public sealed class QmpProtocolException : Exception
{
    /// <summary>Makes one with a message for people.</summary>
    public QmpProtocolException(string message)
        : base(message)
    {
    }
}
