namespace Qmp.Client;

/// <summary>The caller asked for something that this connection cannot do. Nothing was sent.</summary>
public sealed class QmpUsageException : QmpException
{
    /// <summary>Makes one.</summary>
    public QmpUsageException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
