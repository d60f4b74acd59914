using Newtonsoft.Json.Linq;

namespace Qmp.Emulator.Recorded;

/// <summary>A property of a recorded type.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type, as QEMU names it: <c>bool</c>, <c>uint32</c>, <c>link&lt;iothread&gt;</c>, the name of an enum.</param>
/// <param name="Default">Its value when nothing sets it; <see langword="null"/> where QEMU does not tell.</param>
/// <param name="Values">The values that it takes, with slashes between; <see langword="null"/> where they are not told.</param>
internal sealed record RecordedProperty(string Name, string Type, JToken? Default, string? Values)
{
    /// <summary>Whether the value is an object that is owned, or referred to.</summary>
    public bool IsObject => Type.StartsWith("child<", StringComparison.Ordinal) || Type.StartsWith("link<", StringComparison.Ordinal);

    /// <summary>Reads one as it stands in a file. Its default is a copy: a part of a tree keeps all of it in memory.</summary>
    public static RecordedProperty From(JToken entry) => new(
        (string)entry["name"]!, (string)entry["type"]!, entry["default-value"]?.DeepClone(), (string?)entry["description"]);
}
