using Newtonsoft.Json.Linq;
using Qmp.Api;
using Qmp.Emulator.Recorded;
using Qmp.Protocol.Visitors;
using Qmp.Types;

namespace Qmp.Emulator.Devices;

/// <summary>The devices on PCI, as <c>query-pci</c> lists them.</summary>
/// <remarks>
/// No firmware has set them up: no region has an address yet, and no bridge a number, without which what is behind it
/// cannot be listed. Devices of which QEMU could not tell alone are left out.
/// </remarks>
internal sealed class PciView(BusTree buses, RecordedCatalogue catalogue)
{
    private const long VirtioVendor = 0x1af4;
    private const long FirstOld = 0x1000;
    private const long LastOld = 0x103f;
    private const long FirstNew = 0x1040;
    private const long Subsystem = 0x1100;

    /// <summary>The buses at host bridges.</summary>
    public IReadOnlyList<PciInfo> List() =>
        [.. buses.HostBridges.Select(bus => new PciInfo { Bus = 0, Devices = DevicesOn(bus) })];

    /// <summary>The device at a place; <see langword="null"/> if QEMU could not tell of it alone.</summary>
    /// <param name="bus">The name of the bus.</param>
    /// <param name="function">Its slot times 8 plus its function.</param>
    public PciDeviceInfo? Find(string bus, int function) => buses.Named(bus) is { } found
        ? DevicesOn(found).Find(device => (device.Slot << 3 | device.Function) == function)
        : null;

    private List<PciDeviceInfo> DevicesOn(Bus bus)
    {
        var devices = new List<PciDeviceInfo>();
        foreach ((int function, (string type, string? id, _)) in bus.Functions.OrderBy(place => place.Key))
        {
            if (catalogue.Pci[type] is not JObject recorded) continue;
            var members = new JObject(recorded)
            {
                ["bus"] = 0,
                ["slot"] = function >> 3,
                ["function"] = function & 7,
                ["qdev_id"] = id ?? "",
            };
            var visitor = new JsonInputVisitor();
            visitor.Reset(members);
            PciDeviceInfo device = PciDeviceInfoVisitor.Read(visitor, null);
            devices.Add(bus.IsPort ? AtPort(device, type) : device);
        }

        return devices;
    }

    // Behind a port, virtio devices drop what they have only for old guests.
    private static PciDeviceInfo AtPort(PciDeviceInfo device, string type) =>
        device.Id is { Vendor: VirtioVendor, Device: >= FirstOld and <= LastOld, Subsystem: { } kind } && !type.EndsWith("-transitional", StringComparison.Ordinal)
            ? device with
            {
                Id = device.Id with { Device = FirstNew + kind, Subsystem = Subsystem },
                Regions = [.. device.Regions.Where(region => region.Type != "io")],
            }
            : device;
}
