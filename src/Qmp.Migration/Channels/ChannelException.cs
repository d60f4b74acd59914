namespace Qmp.Migration.Channels;

/// <summary>A migration channel failed. The message is QEMU's <c>error-desc</c>.</summary>
public sealed class ChannelException : IOException
{
    /// <summary>Makes one with QEMU's text.</summary>
    public ChannelException(string message)
        : base(message)
    {
    }
}
