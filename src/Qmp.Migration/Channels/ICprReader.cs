using Qmp.Linux;

namespace Qmp.Migration.Channels;

/// <summary>The end of a connection on the same host at which descriptors come in, beside bytes, from the program that is replaced.</summary>
public interface ICprReader : IDisposable
{
    /// <summary>Reads at least one byte, and at most as many as fit; blocks until there is one.</summary>
    /// <returns>How many were read; 0 at the end.</returns>
    /// <exception cref="ChannelException">The connection broke.</exception>
    int Read(Span<byte> buffer);

    /// <summary>The oldest descriptor that came along with what has been read; now the caller's.</summary>
    DescriptorHandle? TakeDescriptor();
}
