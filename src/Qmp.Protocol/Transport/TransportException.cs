using Qmp.Linux.Addresses;

namespace Qmp.Protocol.Transport;

/// <summary>A connection or listener could not be set up. The message says which and why, as QEMU words it.</summary>
public sealed class TransportException : Exception
{
    /// <summary>Makes one with a message for people.</summary>
    /// <param name="message">What could not be done, and why.</param>
    /// <param name="inner">What was caught.</param>
    /// <param name="hint">A line that QEMU prints below the message.</param>
    public TransportException(string message, Exception? inner = null, string? hint = null)
        : base(message, inner) => Hint = hint;

    /// <summary>
    /// Advice that follows on a line of its own where people read the message; <see langword="null"/> for none.
    /// </summary>
    public string? Hint { get; }

    internal static TransportException From(IOException e) =>
        new(e.Message, e, (e as AddressException)?.Hint);
}
