using Microsoft.Win32.SafeHandles;

namespace Qmp.Conversations.Targets;

/// <summary>A client's end of a connection to a monitor.</summary>
public interface ITargetConnection : IDisposable
{
    /// <summary>Receives at least one byte.</summary>
    /// <returns>How many came; 0 at the end, however the connection ended.</returns>
    ValueTask<int> ReceiveAsync(Memory<byte> buffer);

    /// <summary>Sends. If the emulator has left, the bytes are dropped: the end shows that.</summary>
    /// <param name="bytes">What is sent.</param>
    /// <param name="descriptors">What is passed along; they stay the caller's.</param>
    ValueTask SendAsync(ReadOnlyMemory<byte> bytes, IReadOnlyList<SafeFileHandle> descriptors);

    /// <summary>Shuts down the sending side; receiving continues.</summary>
    void EndSending();
}
