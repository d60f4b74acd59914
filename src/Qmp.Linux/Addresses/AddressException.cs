namespace Qmp.Linux.Addresses;

/// <summary>A socket could not be opened. The message is worded as QEMU's, as clients see it.</summary>
public sealed class AddressException : IOException
{
    /// <summary>Makes one.</summary>
    /// <param name="message">What could not be done and why.</param>
    /// <param name="hint">A line that QEMU prints below the message, or <see langword="null"/>.</param>
    public AddressException(string message, string? hint = null)
        : base(message) => Hint = hint;

    /// <summary>Advice that follows on a line of its own where people read the message.</summary>
    public string? Hint { get; }
}
