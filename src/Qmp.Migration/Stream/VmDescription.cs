using System.Globalization;
using System.Text;
using Newtonsoft.Json;
using Qmp.Machine;
using Qmp.Machine.Memory;
using Qmp.Migration.Devices;
using Qmp.Migration.Stream.VmState;

namespace Qmp.Migration.Stream;

/// <summary>The JSON text after the end of a stream, for tools that take streams apart (WIRE 9).</summary>
internal static class VmDescription
{
    /// <param name="identity">The machine.</param>
    /// <param name="devices">The devices of the SECTION_FULL sections, with the sizes of their bodies.</param>
    public static byte[] Describe(MachineIdentity identity, IEnumerable<(SavedDevice Device, long Size)> devices)
    {
        var text = new StringWriter(new StringBuilder(1024), CultureInfo.InvariantCulture);
        using (var json = new JsonTextWriter(text))
        {
            json.WriteStartObject();
            json.WritePropertyName("configuration");
            json.WriteStartObject();
            Property(json, "vmsd_name", "configuration");
            Property(json, "version", 1);
            json.WritePropertyName("fields");
            json.WriteStartArray();
            Field(json, "len", "uint32", 4);
            Field(json, "name", "buffer", identity.MachineType.Length);
            json.WriteEndArray();
            json.WriteEndObject();
            Property(json, "page_size", RamBlock.PageSize);
            json.WritePropertyName("devices");
            json.WriteStartArray();
            foreach ((SavedDevice device, long size) in devices)
            {
                json.WriteStartObject();
                Property(json, "name", device.Name);
                Property(json, "instance_id", device.InstanceId);
                if (device is StateDevice described) State(json, described.State);
                else Opaque(json, size);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void State(JsonTextWriter json, VmStateDescription state)
    {
        Property(json, "vmsd_name", state.Name);
        Property(json, "version", state.Version);
        json.WritePropertyName("fields");
        json.WriteStartArray();
        foreach (VmStateField field in state.Fields) Field(json, field.Name, field.Type, field.Size);
        json.WriteEndArray();
        VmStateSubsection[] needed = [.. state.Subsections.Where(s => s.IsNeeded())];
        if (needed.Length == 0) return;
        json.WritePropertyName("subsections");
        json.WriteStartArray();
        foreach (VmStateSubsection subsection in needed)
        {
            json.WriteStartObject();
            State(json, subsection.State);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Opaque(JsonTextWriter json, long size)
    {
        Property(json, "size", size);
        json.WritePropertyName("fields");
        json.WriteStartArray();
        Field(json, "data", "buffer", size);
        json.WriteEndArray();
    }

    private static void Field(JsonTextWriter json, string name, string type, long size)
    {
        json.WriteStartObject();
        Property(json, "name", name);
        Property(json, "type", type);
        Property(json, "size", size);
        json.WriteEndObject();
    }

    private static void Property(JsonTextWriter json, string name, object value)
    {
        json.WritePropertyName(name);
        json.WriteValue(value);
    }
}
