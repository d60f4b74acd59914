namespace Qmp.Protocol.Transport;

/// <summary>The sending half of a connection, as <see cref="SendQueue"/> drives it.</summary>
internal interface ISendPort
{
    /// <summary>Sends what fits now.</summary>
    /// <returns>
    /// How many bytes were taken, <see cref="TransferResult.WouldBlock"/> or <see cref="TransferResult.Broken"/>.
    /// </returns>
    int TrySend(ReadOnlySpan<byte> bytes);

    /// <summary>Sends at least one byte, waiting as long as it takes; a blocking port waits in the call.</summary>
    /// <returns>How many bytes were taken, or <see cref="TransferResult.Broken"/>.</returns>
    ValueTask<int> SendAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>Starts the writer of a slow reader: on a thread of its own if the port blocks.</summary>
    void StartWriter(Func<Task> writer);
}
