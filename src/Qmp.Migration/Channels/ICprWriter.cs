using System.Runtime.InteropServices;

namespace Qmp.Migration.Channels;

/// <summary>The end of a connection on the same host from which descriptors go, beside bytes, to the program that takes over.</summary>
/// <remarks>Calls block until they are done. What is sent is small, and fits into the buffer of a connection.</remarks>
public interface ICprWriter : IDisposable
{
    /// <summary>Writes bytes.</summary>
    /// <exception cref="ChannelException">The reader is gone.</exception>
    void Write(ReadOnlySpan<byte> bytes);

    /// <summary>Writes one byte that a descriptor travels with; the reader gets a descriptor of its own.</summary>
    /// <exception cref="ChannelException">The reader is gone.</exception>
    void Write(byte carrier, SafeHandle descriptor);

    /// <summary>Nothing more will be written.</summary>
    void EndWriting();

    /// <summary>Waits until the reader has closed its end.</summary>
    /// <returns>Whether it has; otherwise the wait was cancelled.</returns>
    ValueTask<bool> WaitForCloseAsync(CancellationToken cancellation);
}
