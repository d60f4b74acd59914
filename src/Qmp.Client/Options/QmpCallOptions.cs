using System.Runtime.InteropServices;

namespace Qmp.Client;

/// <summary>How one command is sent.</summary>
public sealed record QmpCallOptions
{
    /// <summary>In band, without a descriptor, with the connection's timeout.</summary>
    public static QmpCallOptions Default { get; } = new();

    /// <summary>
    /// Whether to have it run out of band (<c>exec-oob</c>): it overtakes what waits in band. The server must offer
    /// that, and the command allow it.
    /// </summary>
    public bool OutOfBand { get; init; }

    /// <summary>
    /// A descriptor that travels with the command, for <c>getfd</c> and <c>add-fd</c>: Unix sockets on Linux only. The
    /// server gets a duplicate. That has nothing to do with <see cref="OutOfBand"/>.
    /// </summary>
    public SafeHandle? Descriptor { get; init; }

    /// <summary>How long to wait for the reply; <see langword="null"/> for the connection's own timeout.</summary>
    public TimeSpan? Timeout { get; init; }
}
