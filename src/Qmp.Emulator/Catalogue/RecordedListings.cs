using System.Globalization;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Qmp.Emulator.Recorded;

namespace Qmp.Emulator.Catalogue;

/// <summary>What <c>help</c> lists of QEMU's devices, in QEMU's form and without its descriptions.</summary>
internal static class RecordedListings
{
    /// <summary>The properties of a device of one version, or <see langword="null"/> if there is none of that name.</summary>
    public static string? Device(string driver, RecordedCatalogue recorded)
    {
        if (recorded.Types.FindModel(driver) is not { IsAbstract: false } type || !type.Is("device")) return null;
        if (type.DeviceProperties is not { Count: > 0 } properties) return $"There are no options for {type.Name}.\n";
        var text = new StringBuilder($"{type.Name} options:\n");
        foreach (RecordedProperty property in properties.OrderBy(p => p.Name, StringComparer.Ordinal))
        {
            if (property.IsObject && property.Type.StartsWith("child<", StringComparison.Ordinal)) continue;
            string left = $"{property.Name}=<{property.Type}>";
            string right = (property.Values is null && property.Default is null ? "" : $" - {property.Values}")
                + (property.Default is null ? "" : $" (default: {Text(property.Default)})");
            text.Append(right.Length == 0 ? $"  {left}\n" : string.Create(CultureInfo.InvariantCulture, $"  {left,-22}{right}\n"));
        }

        return text.ToString();
    }

    /// <summary>The properties of a machine type that users may set, or <see langword="null"/> if there is none of that name.</summary>
    public static string? Machine(string name, RecordedCatalogue recorded) =>
        recorded.Types.Find(name)?.ObjectProperties is not { } properties ? null : $"{name} options:\n" + string.Concat(properties
            .Where(p => p.Name != "type" && !p.Type.StartsWith("child<", StringComparison.Ordinal))
            .Select(p => $"  {p.Name}=<{p.Type}>\n").Order(StringComparer.Ordinal));

    /// <summary>The models of network cards, a line each.</summary>
    public static string NetworkCards(RecordedCatalogue recorded) => string.Concat(recorded.Types.All
        .Where(t => t is { IsAbstract: false, IsForUsers: true } && t.Categories.Contains("Network devices"))
        .Where(t => t.DeviceProperties?.Any(p => p.Name == "netdev") == true)
        .Select(t => t.Name)
        .Order(StringComparer.Ordinal)
        .Select(name => $"{name}\n"));

    private static string Text(JToken value) => value switch
    {
        JValue { Type: JTokenType.Boolean } logical => (bool)logical ? "on" : "off",
        JValue scalar => Convert.ToString(scalar.Value, CultureInfo.InvariantCulture) ?? "",
        _ => value.ToString(Formatting.None),
    };
}
