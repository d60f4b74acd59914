using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;
using Qmp.Emulator.Objects;
using Qmp.Emulator.Options;
using Qmp.Emulator.Recorded;
using Qmp.Protocol.Visitors;
using Qmp.Server.Dispatch;

namespace Qmp.Emulator.Devices;

/// <summary>Checks the properties of a device against those that its type has in QEMU. Texts are QEMU's.</summary>
internal sealed partial class DeviceProperties(ObjectTree tree, IBackends backends)
{
    private static readonly string[] References = ["drive", "netdev", "chardev"];

    // Devices that are nothing without what they build on, and what QEMU says then.
    private static readonly Dictionary<string, (string Property, string Text)> Needed = new(StringComparer.Ordinal)
    {
        ["virtio-blk-device"] = ("drive", "drive property not set"),
        ["scsi-hd"] = ("drive", "drive property not set"),
        ["scsi-block"] = ("drive", "drive property not set"),
        ["scsi-generic"] = ("drive", "drive property not set"),
        ["usb-storage"] = ("drive", "drive property not set"),
        ["nvme"] = ("drive", "drive property not set"),
        ["ide-hd"] = ("drive", "No drive specified"),
        ["isa-serial"] = ("chardev", "Can't create serial device, empty char device"),
        ["pci-serial"] = ("chardev", "Can't create serial device, empty char device"),
        ["isa-parallel"] = ("chardev", "Can't create parallel device, empty char device"),
        ["pc-dimm"] = ("memdev", "'memdev' property must be set"),
        ["nvdimm"] = ("memdev", "'memdev' property is not set"),
    };

    /// <summary>Checks all properties that were given.</summary>
    /// <returns>Their values.</returns>
    /// <exception cref="CommandException">A property is not there, or does not take its value.</exception>
    /// <exception cref="VisitorException">A value is not of the type of its property.</exception>
    public IReadOnlyDictionary<string, JToken> Check(RecordedType type, DeviceArguments device)
    {
        var values = new Dictionary<string, JToken>(StringComparer.Ordinal);
        Dictionary<string, RecordedProperty> known = Settable(type);
        foreach (JProperty given in device.Properties.Properties())
        {
            if (!known.TryGetValue(given.Name, out RecordedProperty? property))
            {
                throw new CommandException($"Property '{type.Name}.{given.Name}' not found");
            }

            JToken value = property is { Name: "addr", Type: "str" } && type.Bus == "PCI"
                ? PciAddress.Read(type.Name, given.Value)
                : PropertyValues.Check(property, given.Value, device.IsText);
            CheckMeaning(type, property, value);
            values[given.Name] = value;
        }

        return values;
    }

    /// <summary>Checks, of a device that has its place, that nothing is missing without which it cannot be, and nothing another's.</summary>
    /// <exception cref="CommandException">Something is.</exception>
    public void CheckComplete(RecordedType type, string? id, IReadOnlyDictionary<string, JToken> values)
    {
        string name = Backend(type) is null && id is not null ? id : $"/machine/peripheral/{id}/virtio-backend";
        if (values.TryGetValue("drive", out JToken? drive) && backends.RefusesNode((string)drive!, name) is { } refusal)
        {
            throw new CommandException(refusal);
        }

        if ((Needed.TryGetValue(type.Name, out var needed) || Needed.TryGetValue(Backend(type)?.Name ?? "", out needed))
            && !values.ContainsKey(needed.Property))
        {
            throw new CommandException(needed.Text);
        }
    }

    /// <summary>The virtio device that a device on PCI stands for; <see langword="null"/> if it is none.</summary>
    public static RecordedType? Backend(RecordedType type) =>
        type.ObjectProperties?.FirstOrDefault(p => p.Name == "virtio-backend")?.Type is { } child
            ? type.Catalogue.Find(child["child<".Length..^1])
            : null;

    // What device-list-properties tells, and what objects have besides.
    private static Dictionary<string, RecordedProperty> Settable(RecordedType type)
    {
        var known = new Dictionary<string, RecordedProperty>(StringComparer.Ordinal);
        foreach (RecordedProperty property in (type.DeviceProperties ?? []).Concat(type.ObjectProperties ?? []))
        {
            if (property.Name is not "type") known.TryAdd(property.Name, property);
        }

        return known;
    }

    private void CheckMeaning(RecordedType type, RecordedProperty property, JToken value)
    {
        string text = value.Type == JTokenType.String ? (string)value! : "";
        string owner = Backend(type)?.DeviceProperties?.Any(p => p.Name == property.Name) == true ? Backend(type)!.Name : type.Name;
        if (property.Type == "str" && References.Contains(property.Name))
        {
            if (!backends.Has(property.Name, text)) throw new CommandException($"Property '{owner}.{property.Name}' can't find value '{text}'");
            if (property.Name == "drive")
            {
                if (backends.RefusesDrive(text, owner) is { } refusal) throw new CommandException(refusal);
            }
            else if (backends.User(property.Name, text) is not null)
            {
                throw new CommandException($"Property '{owner}.{property.Name}' can't take value '{text}'"
                    + (property.Name == "chardev" ? $": chardev '{text}' is already in use" : ", it's in use"));
            }
        }
        else if (property is { Name: "mac", Type: "str" } && !Mac().IsMatch(text))
        {
            throw new CommandException($"Property '{owner}.{property.Name}' doesn't take value '{text}'");
        }
        else if (property.Type.StartsWith("link<", StringComparison.Ordinal))
        {
            string wanted = property.Type["link<".Length..^1];
            if (tree.Types.Find(tree.Find(text).Type)?.Is(wanted) == false)
            {
                throw new CommandException($"Invalid parameter type for '{property.Name}', expected: {wanted}");
            }
        }
    }

    [GeneratedRegex("^[0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5}$")]
    private static partial Regex Mac();
}
