using Microsoft.Win32.SafeHandles;
using Qmp.Server.Dispatch;

namespace Qmp.Emulator.Files;

/// <summary>Descriptors by name.</summary>
public sealed class NamedDescriptors : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, SafeFileHandle> _named = new(StringComparer.Ordinal); // guarded by _gate

    /// <summary>Keeps a descriptor; one that has the name already is closed.</summary>
    public void Put(string name, int descriptor)
    {
        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        SafeFileHandle? before;
        lock (_gate)
        {
            _named.Remove(name, out before);
            _named.Add(name, handle);
        }

        before?.Dispose();
    }

    /// <summary>Closes a descriptor.</summary>
    /// <exception cref="CommandException">No descriptor has that name.</exception>
    public void Close(string name)
    {
        SafeFileHandle? handle;
        lock (_gate) _named.Remove(name, out handle);
        if (handle is null) throw new CommandException($"File descriptor named '{name}' not found");
        handle.Dispose();
    }

    /// <summary>Takes the descriptor of that name, which is the caller's then, or returns -1.</summary>
    public int Take(string name)
    {
        SafeFileHandle? handle;
        lock (_gate) _named.Remove(name, out handle);
        if (handle is null) return -1;
        int descriptor = (int)handle.DangerousGetHandle();
        handle.SetHandleAsInvalid();
        return descriptor;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            foreach (SafeFileHandle handle in _named.Values) handle.Dispose();
            _named.Clear();
        }
    }
}
