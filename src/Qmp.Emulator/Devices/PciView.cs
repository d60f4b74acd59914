using Newtonsoft.Json.Linq;
using Qmp.Api;
using Qmp.Emulator.Recorded;
using Qmp.Protocol.Visitors;
using Qmp.Types;

namespace Qmp.Emulator.Devices;

/// <summary>The devices on PCI, as <c>query-pci</c> lists them.</summary>
/// <remarks>
/// No firmware has set them up: no region has an address yet, and no bridge a number. Devices of which QEMU could not
/// tell alone are left out.
/// </remarks>
internal sealed class PciView(BusTree buses)
{
    /// <summary>The buses at host bridges.</summary>
    public IReadOnlyList<PciInfo> List() =>
        [.. buses.HostBridges.Select(bus => new PciInfo { Bus = 0, Devices = DevicesOn(bus) })];

    private List<PciDeviceInfo> DevicesOn(Bus bus)
    {
        var devices = new List<PciDeviceInfo>();
        foreach ((int function, (string type, string? id, _)) in bus.Functions.OrderBy(place => place.Key))
        {
            if (RecordedCatalogue.Current.Pci[type] is not JObject recorded) continue;
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
            if (device.PciBridge is { } bridge && id is not null && buses.Named(id) is { } below) device = device with { PciBridge = bridge with { Devices = DevicesOn(below) } };
            devices.Add(device);
        }

        return devices;
    }
}
