using Qmp.Protocol.Json;

namespace Qapi.Emit;

/// <summary>JSON text in the form in which QEMU prints it; names and texts hold nothing that needs an escape.</summary>
internal static class QmpJson
{
    public static string Text(string value) => $"\"{value}\"";

    public static string List(IEnumerable<string> elements) => $"[{string.Join(", ", elements)}]";

    /// <summary>An object; members are given in the order of the schema, null for those that are absent.</summary>
    public static string Object(params (string Name, string? Value)[] members)
    {
        var present = members.Where(member => member.Value is not null).ToList();
        var order = QDictOrder.Sort([.. present.Select(member => member.Name)]);
        var ordered = order.Select(index => $"{Text(present[index].Name)}: {present[index].Value}");
        return $"{{{string.Join(", ", ordered)}}}";
    }
}
