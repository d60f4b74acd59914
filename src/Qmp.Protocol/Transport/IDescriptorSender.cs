using System.Runtime.InteropServices;

namespace Qmp.Protocol.Transport;

/// <summary>A transport that may be able to send descriptors; see <c>getfd</c> and <c>add-fd</c>.</summary>
public interface IDescriptorSender
{
    /// <summary>Whether it can: Unix sockets on Linux.</summary>
    bool CanSendDescriptors { get; }

    /// <summary>Sends bytes together with a duplicate of a descriptor, unless earlier bytes wait to leave.</summary>
    /// <param name="bytes">The message; not empty.</param>
    /// <param name="descriptor">Stays the caller's.</param>
    /// <returns>
    /// Whether they were sent. If not, nothing was: drain the backlog and try again. After a failure they are dropped,
    /// as by <see cref="IConnection.Send"/>.
    /// </returns>
    bool TrySend(ReadOnlySpan<byte> bytes, SafeHandle descriptor);
}
