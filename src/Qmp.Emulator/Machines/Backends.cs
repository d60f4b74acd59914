using Qmp.Emulator.Devices;

namespace Qmp.Emulator.Machines;

/// <summary>What devices build on: disks, network backends, character devices.</summary>
/// <remarks>Used with the machine's lock held.</remarks>
internal sealed class Backends : IBackends
{
    private readonly Dictionary<(string Property, string Name), string> _users = [];
    private readonly Dictionary<string, Func<string, bool>> _kinds = new(StringComparer.Ordinal);

    /// <summary>Says why a device cannot have a drive: by its name, the type of the device and its path.</summary>
    public Func<string, string, string, string?>? RefusalOfDrive { get; set; }

    /// <summary>Says how to find out whether there is something of a name.</summary>
    /// <param name="property">The property of devices that refers to it.</param>
    /// <param name="has">Whether there is something of that name.</param>
    public void Register(string property, Func<string, bool> has) => _kinds[property] = has;

    /// <inheritdoc/>
    public bool Has(string property, string name) => _kinds.TryGetValue(property, out Func<string, bool>? has) && has(name);

    /// <inheritdoc/>
    public string? User(string property, string name) =>
        _users.GetValueOrDefault((property, name));

    /// <inheritdoc/>
    public string? RefusesDrive(string name, string type, string path) => RefusalOfDrive?.Invoke(name, type, path);

    /// <inheritdoc/>
    public void Use(string property, string name, string? user)
    {
        if (!_kinds.ContainsKey(property)) return;
        if (user is null) _users.Remove((property, name));
        else _users[(property, name)] = user;
    }
}
