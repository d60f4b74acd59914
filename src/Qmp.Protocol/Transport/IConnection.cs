namespace Qmp.Protocol.Transport;

/// <summary>A connected byte stream in both directions that can be woken and may pass descriptors.</summary>
/// <remarks>
/// <para>One reader uses <see cref="ReceiveAsync"/> and <see cref="WaitForWakeAsync"/>; everything else may be called
/// from any thread. A blocking implementation does its work in the call and returns a completed task, so that code
/// written once against this interface stays on its thread.</para>
/// <para>Sending never blocks: what the peer does not take now waits in <see cref="Backlog"/>.</para>
/// </remarks>
public interface IConnection : IDisposable
{
    /// <summary>What a receive returns when <see cref="Wake"/> ended it.</summary>
    const int Woken = -1;

    /// <summary>Names the connection in logs.</summary>
    string Name { get; }

    /// <summary>Bytes that were handed to <see cref="Send"/> and that the peer's side has not taken.</summary>
    long Backlog { get; }

    /// <summary>
    /// Whether the peer has left for good: nothing that is sent arrives. What it sent before may still be there to read.
    /// </summary>
    bool IsHungUp { get; }

    /// <summary>Receives at least one byte.</summary>
    /// <param name="buffer">Where they go; not empty.</param>
    /// <param name="wakeable">Whether <see cref="Wake"/> ends the wait; without it the wait is cheaper.</param>
    /// <returns>How many bytes came, 0 at the end of the stream, or <see cref="Woken"/>.</returns>
    ValueTask<int> ReceiveAsync(Memory<byte> buffer, bool wakeable);

    /// <summary>Waits, without reading, for <see cref="Wake"/> or for the peer to leave.</summary>
    /// <returns>Whether the peer is still there. Bytes it sent may be waiting all the same.</returns>
    ValueTask<bool> WaitForWakeAsync();

    /// <summary>Ends the current wait that can be woken, or the next one.</summary>
    void Wake();

    /// <summary>Sends bytes in order. After a failure they are dropped: the reader notices the end.</summary>
    void Send(ReadOnlySpan<byte> bytes);

    /// <summary>Waits until the backlog is gone, whether sent or, after a failure, dropped.</summary>
    /// <param name="cancellationToken">Gives up waiting; that is not an error.</param>
    ValueTask DrainAsync(CancellationToken cancellationToken);

    /// <summary>Makes the current and every later receive return 0. What was sent still leaves.</summary>
    void StopReceiving();

    /// <summary>Takes the first descriptor that came with the bytes received last and closes the others.</summary>
    /// <returns>The descriptor, now owned by the caller, or -1.</returns>
    int TakeDescriptor();
}
