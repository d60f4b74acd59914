using System.Text;
using Qmp.Machine;
using Qmp.Machine.Memory;
using Qmp.Migration.Options;
using Qmp.Migration.SaveState.VmState;
using Qmp.Migration.Stream;

namespace Qmp.Migration.SaveState;

/// <summary>The JSON text after the end of a stream, for tools that take streams apart.</summary>
/// <remarks>Members, their order and the blanks between them are QEMU's, so that the texts are equal byte for byte.</remarks>
internal static class StreamDescription
{
    /// <param name="identity">The machine.</param>
    /// <param name="options">The capabilities that the configuration names.</param>
    /// <param name="sections">The SECTION_FULL sections: their entries, fields if they have any, and sizes.</param>
    public static byte[] Describe(
        MachineIdentity identity,
        MigrationOptions options,
        IEnumerable<(SaveStateEntry Entry, VmStateDescription? State, long Size)> sections)
    {
        var json = new JsonText();
        json.BeginObject();
        json.BeginObject("configuration");
        Configuration(json, identity, options);
        json.EndObject();
        json.Add("page_size", RamBlock.PageSize);
        json.BeginArray("devices");
        foreach ((SaveStateEntry entry, VmStateDescription? state, long size) in sections)
        {
            json.BeginObject();
            json.Add("name", entry.Name);
            json.Add("instance_id", entry.InstanceId);
            if (state is not null) State(json, state);
            else Opaque(json, size);
            json.EndObject();
        }

        json.EndArray();
        json.EndObject();
        return Encoding.UTF8.GetBytes(json.ToString());
    }

    private static void Configuration(JsonText json, MachineIdentity identity, MigrationOptions options)
    {
        Name(json, "configuration", 1);
        json.BeginArray("fields");
        Field(json, "len", "uint32", 4);
        Field(json, "name", "buffer", Encoding.UTF8.GetByteCount(identity.MachineType));
        json.EndArray();
        IReadOnlyList<string> capabilities = StreamHeader.Capabilities(options);
        bool hasUuid = StreamHeader.Uuid(identity, options) is not null;
        if (capabilities.Count == 0 && !hasUuid) return;
        json.BeginArray("subsections");
        if (capabilities.Count > 0)
        {
            json.BeginObject();
            Name(json, StreamHeader.CapabilitiesSection, 1);
            json.BeginArray("fields");
            Field(json, "caps_count", "uint32", 4);

            // One field for all of them: QEMU shows what the names take, each behind a byte with its length.
            Field(json, "capabilities", "capability", capabilities.Sum(c => 1 + c.Length));
            json.EndArray();
            json.EndObject();
        }

        if (hasUuid)
        {
            json.BeginObject();
            Name(json, StreamHeader.UuidSection, 1);
            json.BeginArray("fields");
            json.BeginObject();
            json.Add("name", "uuid.data");
            json.Add("array_len", 16);
            json.Add("type", "uint8");
            json.Add("size", 1);
            json.EndObject();
            json.EndArray();
            json.EndObject();
        }

        json.EndArray();
    }

    private static void State(JsonText json, VmStateDescription state)
    {
        Name(json, state.Name, state.Version);
        json.BeginArray("fields");
        foreach (VmStateField field in state.Fields) Field(json, field);
        json.EndArray();
        VmStateSubsection[] needed = [.. state.Subsections.Where(s => s.IsNeeded())];
        if (needed.Length == 0) return;
        json.BeginArray("subsections");
        foreach (VmStateSubsection subsection in needed)
        {
            json.BeginObject();
            State(json, subsection.State);
            json.EndObject();
        }

        json.EndArray();
    }

    private static void Opaque(JsonText json, long size)
    {
        json.Add("size", size);
        json.BeginArray("fields");
        json.BeginObject();
        json.Add("name", "data");
        json.Add("size", size);
        json.Add("type", "buffer");
        json.EndObject();
        json.EndArray();
    }

    private static void Name(JsonText json, string name, int version)
    {
        json.Add("vmsd_name", name);
        json.Add("version", version);
    }

    // What is only made to be saved shows its fields beside its own members.
    private static void Field(JsonText json, VmStateField field)
    {
        json.BeginObject();
        json.Add("name", field.Name);
        if (field.Count is { } count) json.Add("array_len", count);
        json.Add("type", field.Type);
        if (field.Structure is { } structure)
        {
            bool isNested = field.Type == "struct";
            if (isNested) json.BeginObject("struct");
            Name(json, structure.Name, structure.Version);
            json.BeginArray("fields");
            foreach (VmStateField inner in structure.Fields) Field(json, inner);
            json.EndArray();
            if (isNested) json.EndObject();
        }

        json.Add("size", field.Size);
        json.EndObject();
    }

    private static void Field(JsonText json, string name, string type, long size)
    {
        json.BeginObject();
        json.Add("name", name);
        json.Add("type", type);
        json.Add("size", size);
        json.EndObject();
    }
}
