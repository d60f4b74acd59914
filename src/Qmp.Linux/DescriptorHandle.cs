using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Qmp.Linux;

/// <summary>A descriptor of any kind, closed by <c>close</c> and nothing else.</summary>
/// <remarks>.NET's <see cref="SafeSocketHandle"/> resets TCP connections when it is closed without its socket.</remarks>
public sealed class DescriptorHandle : SafeHandleMinusOneIsInvalid
{
    /// <summary>Takes a descriptor's number.</summary>
    /// <param name="descriptor">The number.</param>
    /// <param name="ownsHandle">Whether the descriptor is closed with this.</param>
    public DescriptorHandle(int descriptor, bool ownsHandle)
        : base(ownsHandle) => SetHandle(descriptor);

    /// <summary>Hands the descriptor over; this is then as if closed.</summary>
    /// <returns>The number, which nothing owns any more.</returns>
    public int Release()
    {
        int descriptor = (int)handle;
        SetHandleAsInvalid();
        return descriptor;
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => LibC.Close((int)handle) == 0;
}
