using Newtonsoft.Json.Linq;
using Qmp.Emulator.Objects;
using Qmp.Emulator.Recorded;
using Qmp.Protocol.Visitors;

namespace Qmp.Emulator.Options;

/// <summary>The properties of <c>-machine</c> that QEMU's machine types have and that change nothing here.</summary>
internal static class MachineProperties
{
    // Those of MachineOptions in schema/options.json.
    private static readonly HashSet<string> Used = new(StringComparer.Ordinal)
    {
        "type", "aux-ram-share", "memory-backend", "accel", "acpi", "boot", "dump-guest-core", "graphics", "hpet", "kernel-irqchip", "mem-merge",
        "smm", "smp", "usb", "vmport",
    };

    /// <summary>Checks such properties and leaves them out.</summary>
    /// <param name="properties">All that were given.</param>
    /// <param name="type">The type of the machine's object.</param>
    /// <param name="types">The types of objects that there are.</param>
    /// <exception cref="VisitorException">A value is not of the type of its property.</exception>
    public static JObject TakeOut(JObject properties, string type, RecordedCatalogue types)
    {
        if (properties.Properties().All(p => Used.Contains(p.Name))) return properties;
        IReadOnlyList<RecordedProperty> known = types.Types.Find(type)?.ObjectProperties ?? [];
        var left = new JObject();
        foreach (JProperty given in properties.Properties())
        {
            RecordedProperty? property = Used.Contains(given.Name) ? null : known.FirstOrDefault(p => p.Name == given.Name);
            if (property is null) left[given.Name] = given.Value;
            else if (given.Value is JValue) PropertyValues.Check(property, given.Value, isText: true);
        }

        return left;
    }
}
