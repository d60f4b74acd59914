using Qmp.Machine;
using Qmp.Migration.Ram;

namespace Qmp.Migration.Devices;

/// <summary>Everything of a machine that is in the stream, in the order of its sections.</summary>
public sealed class DeviceRegistry
{
    private readonly List<SavedDevice> _devices = [];

    /// <summary>The devices that every machine has: RAM and the global state.</summary>
    public DeviceRegistry(VirtualMachine machine)
    {
        GlobalState = new GlobalState(machine);
        _devices.AddRange([new RamDevice(), new DirtyBitmaps(), GlobalState.Device]);
    }

    /// <summary>All devices; the global state comes last.</summary>
    public IReadOnlyList<SavedDevice> All => _devices;

    /// <summary>The run state before the switchover.</summary>
    public GlobalState GlobalState { get; }

    /// <summary>Adds a device after those that are there, but before the global state.</summary>
    public void Add(SavedDevice device) => _devices.Insert(_devices.Count - 1, device);

    /// <summary>The device of that name and instance, or <see langword="null"/>.</summary>
    internal SavedDevice? Find(string name, uint instanceId) =>
        _devices.Find(d => d.InstanceId == instanceId && d.Name == name);
}
