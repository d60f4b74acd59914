using System.Runtime.InteropServices;

namespace Qmp.Migration.Cpr;

/// <summary>What a program leaves to the one that takes its place: descriptors, by name.</summary>
/// <remarks>
/// Those of its own belong to who registers them. Those that came from another program belong to this until they are
/// found, and go on to the next program whether they are found or not. Used with the machine's lock held.
/// </remarks>
public sealed class CprState : IDisposable
{
    private readonly List<CprDescriptor> _descriptors = [];
    private readonly HashSet<SafeHandle> _unclaimed = [];

    /// <summary>The descriptors, in the order in which they are sent.</summary>
    public IReadOnlyList<CprDescriptor> Descriptors => _descriptors;

    /// <summary>Registers a descriptor of this program.</summary>
    public void Save(string name, SafeHandle descriptor, int id = 0) => _descriptors.Insert(0, new CprDescriptor(name, id, descriptor));

    /// <summary>Finds a descriptor by the name that the other program gave it; it is the caller's from now on.</summary>
    public SafeHandle? Find(string name, int id = 0)
    {
        SafeHandle? found = _descriptors.Find(d => d.Name == name && d.Id == id)?.Handle;
        if (found is not null) _unclaimed.Remove(found);
        return found;
    }

    /// <summary>Registers a descriptor no longer: what it was of is gone.</summary>
    public void Remove(string name, int id = 0)
    {
        int index = _descriptors.FindIndex(d => d.Name == name && d.Id == id);
        if (index >= 0) _descriptors.RemoveAt(index);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SafeHandle descriptor in _unclaimed) descriptor.Dispose();
        _unclaimed.Clear();
    }

    // One that another program has sent; they come in the order in which they are sent on.
    internal void Receive(CprDescriptor descriptor)
    {
        _descriptors.Add(descriptor);
        _unclaimed.Add(descriptor.Handle);
    }
}
