namespace Qmp.Testing.Conversations.Targets;

/// <summary>An emulator could not be started.</summary>
public sealed class TargetException : Exception
{
    /// <summary>Makes one.</summary>
    public TargetException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
