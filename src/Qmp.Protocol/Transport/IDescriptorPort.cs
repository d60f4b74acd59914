using System.Runtime.InteropServices;

namespace Qmp.Protocol.Transport;

/// <summary>A sending half that can pass descriptors.</summary>
internal interface IDescriptorPort : ISendPort
{
    /// <summary>Sends what fits now; the descriptor travels with the first byte.</summary>
    /// <returns>
    /// How many bytes were taken, <see cref="TransferResult.WouldBlock"/> or <see cref="TransferResult.Broken"/>.
    /// </returns>
    int TrySend(ReadOnlySpan<byte> bytes, SafeHandle descriptor);
}
