namespace Qmp.Testing.Conversations;

/// <summary>A file is not a conversation.</summary>
public sealed class ConversationFormatException : Exception
{
    /// <summary>Makes one.</summary>
    public ConversationFormatException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
