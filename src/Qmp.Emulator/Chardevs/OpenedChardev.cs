using Qmp.Protocol.Transport;

namespace Qmp.Emulator.Chardevs;

/// <summary>A character device that is open.</summary>
/// <param name="Connections">Where its peers come from.</param>
public sealed record OpenedChardev(IConnectionSource Connections)
{
    /// <summary>What <c>query-chardev</c> calls its file; <see langword="null"/> for the name of its kind.</summary>
    public string? File { get; init; }

    /// <summary>The name of its terminal, where it is one.</summary>
    public string? Terminal { get; init; }

    /// <summary>The bytes that it keeps, where it is a ring buffer.</summary>
    internal RingBuffer? Ring { get; init; }
}
