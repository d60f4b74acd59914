namespace Qmp.Client;

/// <summary>The server did not answer, or an event did not come, in time. The connection stays usable.</summary>
/// <remarks>A command may have been run all the same; its late reply is dropped.</remarks>
public sealed class QmpTimeoutException : QmpException
{
    /// <summary>Makes one.</summary>
    public QmpTimeoutException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
