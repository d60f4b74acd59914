using Newtonsoft.Json.Linq;
using Qmp.Emulator.Recorded;
using Qmp.Protocol.Visitors;
using Qmp.Protocol.Visitors.Text;

namespace Qmp.Emulator.Objects;

/// <summary>The values of recorded properties. Texts are QEMU's.</summary>
internal static class PropertyValues
{
    /// <summary>What a property without default shows when nothing has set it.</summary>
    public static JToken Empty(string type) => type switch
    {
        "bool" => false,
        "int" or "uint8" or "uint16" or "uint32" or "uint64" or "int32" or "int64" or "size" or "uint64_t" or "uint32_t" => 0,
        _ when type.EndsWith("List", StringComparison.Ordinal) => new JArray(),
        "OnOffAuto" => "auto",
        _ => "",
    };

    /// <summary>Checks a value as QEMU does.</summary>
    /// <param name="property">The property.</param>
    /// <param name="value">The value: text of <c>key=value</c>, or JSON.</param>
    /// <param name="isText">Whether it is text that stands for a value of any type.</param>
    /// <returns>The value as <c>qom-get</c> shows it.</returns>
    /// <exception cref="VisitorException">The value does not fit.</exception>
    public static JToken Check(RecordedProperty property, JToken value, bool isText)
    {
        var members = new JObject { [property.Name] = value };
        InputVisitor visitor;
        if (isText)
        {
            visitor = new KeyvalInputVisitor(members);
        }
        else
        {
            var json = new JsonInputVisitor();
            json.Reset(members);
            visitor = json;
        }

        visitor.StartStruct(null);
        return Read(property, visitor, isText);
    }

    private static JToken Read(RecordedProperty property, InputVisitor visitor, bool isText)
    {
        string name = property.Name;
        if (property.Values is { } values && property.Type is not ("bool" or "str" or "string"))
        {
            var names = new EnumNames(property.Type, values.Split('/').Distinct().ToArray());
            return names[visitor.ReadEnum(name, names)];
        }

        return property.Type switch
        {
            "bool" => visitor.ReadBool(name),
            "uint8" or "uint8_t" => visitor.ReadUInt(name, byte.MaxValue, "uint8_t"),
            "uint16" or "uint16_t" => visitor.ReadUInt(name, ushort.MaxValue, "uint16_t"),
            "uint32" or "uint32_t" => visitor.ReadUInt(name, uint.MaxValue, "uint32_t"),
            "uint64" or "uint64_t" => visitor.ReadUInt(name, ulong.MaxValue, "uint64_t"),
            "int32" or "int32_t" => visitor.ReadInt(name, int.MinValue, int.MaxValue, "int32_t"),
            "int64" or "int" or "int64_t" => visitor.ReadInt(name, long.MinValue, long.MaxValue, "int64_t"),
            "size" => visitor.ReadSize(name),
            "str" or "string" => visitor.ReadString(name),
            _ when property.IsObject => visitor.ReadString(name),
            _ when isText => visitor.ReadString(name),
            _ => visitor.ReadAny(name),
        };
    }
}
