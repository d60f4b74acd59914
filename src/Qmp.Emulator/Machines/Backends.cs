using Qmp.Emulator.Devices;

namespace Qmp.Emulator.Machines;

/// <summary>What devices build on: disks, network backends, character devices.</summary>
/// <remarks>Used with the machine's lock held.</remarks>
internal sealed class Backends : IBackends
{
    private readonly Dictionary<(string Property, string Name), string> _users = [];
    private readonly Dictionary<string, Func<string, bool>> _kinds = new(StringComparer.Ordinal);

    /// <summary>Says why a device cannot have a drive: by its name and the type of the device.</summary>
    public Func<string, string, string?>? RefusalOfDrive { get; set; }

    /// <summary>Says why a device cannot have a node: by its name and what the device is called.</summary>
    public Func<string, string, string?>? ConflictOverNode { get; set; }

    /// <summary>Says what a network backend is connected to, by its name.</summary>
    public Func<string, string?>? UserOfNetwork { get; set; }

    /// <summary>Says how to find out whether there is something of a name.</summary>
    /// <param name="property">The property of devices that refers to it.</param>
    /// <param name="has">Whether there is something of that name.</param>
    public void Register(string property, Func<string, bool> has) => _kinds[property] = has;

    /// <inheritdoc/>
    public bool Has(string property, string name) => _kinds.TryGetValue(property, out Func<string, bool>? has) && has(name);

    /// <inheritdoc/>
    public string? User(string property, string name) =>
        property == "netdev" ? UserOfNetwork?.Invoke(name) : _users.GetValueOrDefault((property, name));

    /// <inheritdoc/>
    public string? RefusesDrive(string name, string type) => RefusalOfDrive?.Invoke(name, type);

    /// <inheritdoc/>
    public string? RefusesNode(string name, string device) => ConflictOverNode?.Invoke(name, device);

    /// <inheritdoc/>
    public void Use(string property, string name, string? user)
    {
        if (!_kinds.ContainsKey(property)) return;
        if (user is null) _users.Remove((property, name));
        else _users[(property, name)] = user;
    }
}
