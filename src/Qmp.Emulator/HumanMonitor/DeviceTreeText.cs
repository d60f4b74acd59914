using System.Globalization;
using System.Text;
using Newtonsoft.Json.Linq;
using Qmp.Emulator.Devices;
using Qmp.Emulator.Objects;
using Qmp.Emulator.Recorded;
using Qmp.Types;

namespace Qmp.Emulator.HumanMonitor;

/// <summary>Buses and devices as <c>info qtree</c> shows them, the newest first.</summary>
/// <remarks>
/// Of properties, those are told that were given or that have a default; of devices of the machine only those that it sets.
/// What no device here has is left out: interrupt lines, regions of memory, ports of USB.
/// </remarks>
internal sealed class DeviceTreeText
{
    private readonly StringBuilder _text = new();
    private readonly PciView? _pci;

    private readonly TypeCatalogue _types;

    private DeviceTreeText(PciView? pci, TypeCatalogue types) => (_pci, _types) = (pci, types);

    /// <summary>The whole tree.</summary>
    /// <param name="tree">The devices.</param>
    /// <param name="pci">Tells of those on PCI; <see langword="null"/> to leave properties out.</param>
    public static string Of(DeviceTree tree, PciView? pci)
    {
        var text = new DeviceTreeText(pci, tree.Types);
        text.Describe(tree.Root, 0);
        return text._text.ToString();
    }

    private void Describe(DeviceTree.Place bus, int indent)
    {
        Line(indent, $"bus: {bus.Name}");
        Line(indent + 2, $"type {bus.Type}");
        foreach (DeviceTree.Occupant device in Enumerable.Reverse(bus.Devices)) Describe(device, bus, indent + 2);
    }

    private void Describe(DeviceTree.Occupant device, DeviceTree.Place bus, int indent)
    {
        Line(indent, $"dev: {device.Node.Type}, id \"{device.Id}\"");
        if (_pci is not null)
        {
            foreach (RecordedProperty property in PropertiesOf(device.Node.Type))
            {
                bool isKnown = device.Node.IsSet(property.Name) || (!device.IsOwn && (property.Default is not null || property.Type is "str" or "busnr"));
                if (isKnown) Line(indent + 2, $"{property.Name} = {ValueText(property, device.Node.Property(property.Name).Get())}");
            }

            if (bus.Is("PCI")) DescribePci(device, bus, indent + 2);
        }

        foreach (DeviceTree.Place inner in Enumerable.Reverse(device.Buses)) Describe(inner, indent + 2);
    }

    // A device on PCI with another behind it has that one's properties, too, which are told there.
    private IEnumerable<RecordedProperty> PropertiesOf(string typeName)
    {
        if (_types.Find(typeName) is not { DeviceProperties: { } properties } type) return [];
        HashSet<string> behind = [.. (DeviceProperties.Backend(type)?.DeviceProperties ?? []).Select(p => p.Name)];
        return properties.Where(p => !p.IsObject && !behind.Contains(p.Name));
    }

    private void DescribePci(DeviceTree.Occupant device, DeviceTree.Place bus, int indent)
    {
        int? function = device.Function ?? FunctionOf(device.Node);
        if (function is not { } number || _pci!.Find(bus.Name, number) is not { } info) return;
        string name = info.ClassInfo.Desc ?? Invariant($"Class {info.ClassInfo.Class:x4}");
        string id = Invariant($"{info.Id.Vendor:x4}:{info.Id.Device:x4} (sub {info.Id.SubsystemVendor ?? 0:x4}:{info.Id.Subsystem ?? 0:x4})");
        Line(indent, Invariant($"class {name}, addr {info.Bus:x2}:{info.Slot:x2}.{info.Function:x}, pci id {id}"));
        foreach (PciMemoryRegion region in info.Regions)
        {
            Line(indent, Invariant($"bar {region.Bar}: {(region.Type == "io" ? "i/o" : "mem")} at 0x{region.Address:x16} [0x{region.Address + region.Size - 1:x}]"));
        }
    }

    private static int? FunctionOf(ObjectNode node) => node.Property("addr").Get() is { Type: JTokenType.String } text
        ? PciAddress.Read(node.Type, text)
        : (int?)node.Property("addr").Get();

    private static string ValueText(RecordedProperty property, JToken value) => property switch
    {
        { Name: "addr", Type: "str" } => Address(value),
        { Type: "busnr" } when value.Type == JTokenType.String => "0 (0x0)",
        { Type: "size" or "size32" } when value is JValue { Value: not null } => Invariant($"{value} ({BlockText.Size((decimal)value)})"),
        _ => value.Type switch
        {
            JTokenType.Boolean => (bool)value ? "true" : "false",
            JTokenType.Integer => Invariant($"{value} (0x{Bits((JValue)value):x})"),
            JTokenType.Array or JTokenType.Null => "<null>",
            _ => $"\"{value}\"",
        },
    };

    private static string Address(JToken value)
    {
        int function = value.Type == JTokenType.String ? PciAddress.Read("", value) : (int)value;
        return Invariant($"{function >> 3:x2}.{function & 7:x}");
    }

    private static ulong Bits(JValue value) => unchecked(value.Value is System.Numerics.BigInteger large
        ? (ulong)large
        : value.Value is ulong number ? number : (ulong)Convert.ToInt64(value.Value, CultureInfo.InvariantCulture));

    private void Line(int indent, string text) => _text.Append(' ', indent).Append(text).Append('\n');

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
