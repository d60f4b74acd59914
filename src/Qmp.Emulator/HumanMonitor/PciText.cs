using System.Text;
using Qmp.Types;

namespace Qmp.Emulator.HumanMonitor;

/// <summary>Devices on PCI as <c>info pci</c> shows them.</summary>
internal static class PciText
{
    private const long NotMapped = -1;

    /// <summary>All devices.</summary>
    /// <param name="buses">What <c>query-pci</c> lists.</param>
    public static string Of(IEnumerable<PciInfo> buses)
    {
        var text = new StringBuilder();
        foreach (PciDeviceInfo device in buses.SelectMany(bus => bus.Devices)) Describe(text, device);
        return text.ToString();
    }

    private static void Describe(StringBuilder text, PciDeviceInfo device)
    {
        text.Append(Invariant($"  Bus {device.Bus,2}, device {device.Slot,3}, function {device.Function}:\n    "));
        text.Append(device.ClassInfo.Desc ?? Invariant($"Class {device.ClassInfo.Class:D4}"));
        text.Append(Invariant($": PCI device {device.Id.Vendor:x4}:{device.Id.Device:x4}\n"));
        if (device.Id is { SubsystemVendor: { } vendor, Subsystem: { } subsystem })
        {
            text.Append(Invariant($"      PCI subsystem {vendor:x4}:{subsystem:x4}\n"));
        }

        if (device.Irq is { } interrupt) text.Append(Invariant($"      IRQ {interrupt}, pin {(char)('A' + device.IrqPin - 1)}\n"));
        if (device.PciBridge is { } bridge) Describe(text, bridge);
        foreach (PciMemoryRegion region in device.Regions) Describe(text, region);
        text.Append(Invariant($"      id \"{device.QdevId}\"\n"));
        foreach (PciDeviceInfo below in device.PciBridge?.Devices ?? []) Describe(text, below);
    }

    private static void Describe(StringBuilder text, PciBridgeInfo bridge)
    {
        text.Append(Invariant($"      BUS {bridge.Bus.Number}.\n"));
        text.Append(Invariant($"      secondary bus {bridge.Bus.Secondary}.\n"));
        text.Append(Invariant($"      subordinate bus {bridge.Bus.Subordinate}.\n"));
        text.Append(Invariant($"      IO range [0x{bridge.Bus.IoRange.Base:x4}, 0x{bridge.Bus.IoRange.Limit:x4}]\n"));
        text.Append(Invariant($"      memory range [0x{bridge.Bus.MemoryRange.Base:x8}, 0x{bridge.Bus.MemoryRange.Limit:x8}]\n"));
        text.Append(Invariant($"      prefetchable memory range [0x{bridge.Bus.PrefetchableRange.Base:x8}, 0x{bridge.Bus.PrefetchableRange.Limit:x8}]\n"));
    }

    private static void Describe(StringBuilder text, PciMemoryRegion region)
    {
        string kind = region.Type == "io" ? "I/O" : $"{(region.MemType64 == true ? 64 : 32)} bit{(region.Prefetch == true ? " prefetchable" : "")} memory";
        text.Append(Invariant($"      BAR{region.Bar}: {kind} "));
        text.Append(region.Address == NotMapped ? "(not mapped)\n" : Invariant($"at 0x{region.Address:x8} [0x{region.Address + region.Size - 1:x8}].\n"));
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
