namespace Qmp.Emulator.Devices;

/// <summary>What devices build on, by the name of the property that refers to it.</summary>
internal interface IBackends
{
    /// <summary>Whether there is something of that name for such a property, free or not.</summary>
    /// <param name="property">The property: <c>drive</c>, <c>netdev</c>, <c>chardev</c>.</param>
    /// <param name="name">The value of the property.</param>
    bool Has(string property, string name);

    /// <summary>The id of the device that uses it; <see langword="null"/> if none does.</summary>
    string? User(string property, string name);

    /// <summary>Why a device cannot have a drive, in QEMU's words; <see langword="null"/> if it can.</summary>
    /// <param name="name">The name of the drive or node.</param>
    /// <param name="type">The type of the device.</param>
    string? RefusesDrive(string name, string type);

    /// <summary>Why a device that has its place cannot have a node, in QEMU's words; <see langword="null"/> if it can.</summary>
    /// <param name="name">The name of the node.</param>
    /// <param name="device">The id of the device, or the path of what stands behind it.</param>
    string? RefusesNode(string name, string device);

    /// <summary>Notes who uses it; <see langword="null"/> for nobody.</summary>
    void Use(string property, string name, string? user);
}
