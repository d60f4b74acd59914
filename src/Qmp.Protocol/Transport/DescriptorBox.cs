using Qmp.Linux;

namespace Qmp.Protocol.Transport;

/// <summary>The descriptors that came with the last bytes. New ones replace and close those that no command has taken.</summary>
internal sealed class DescriptorBox : IDisposable
{
    private readonly Lock _gate = new();

    // Guarded by _gate: a command takes them on its thread while the reader continues.
    private int[] _descriptors = [];
    private bool _disposed;

    /// <summary>Puts received descriptors in; none leave things as they are.</summary>
    public void Put(int[] descriptors)
    {
        if (descriptors.Length == 0) return;
        int[] old;
        lock (_gate)
        {
            old = _disposed ? descriptors : _descriptors;
            _descriptors = _disposed ? [] : descriptors;
        }

        Close(old);
    }

    /// <summary>Takes the first one and closes the rest.</summary>
    /// <returns>The descriptor, or -1.</returns>
    public int Take()
    {
        int[] taken;
        lock (_gate)
        {
            taken = _descriptors;
            _descriptors = [];
        }

        if (taken.Length == 0) return -1;
        Close(taken.AsSpan(1));
        return taken[0];
    }

    public void Dispose()
    {
        lock (_gate) _disposed = true;
        Close([Take()]);
    }

    private static void Close(ReadOnlySpan<int> descriptors)
    {
        foreach (int descriptor in descriptors)
        {
            if (descriptor >= 0) Files.Close(descriptor);
        }
    }
}
