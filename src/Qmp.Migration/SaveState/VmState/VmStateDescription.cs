using Qmp.Migration.Status;
using Qmp.Migration.Stream;

namespace Qmp.Migration.SaveState.VmState;

/// <summary>The state of a device that is not live: fields in order, then subsections.</summary>
public sealed class VmStateDescription
{
    /// <summary>Name, such as <c>timer</c>; a subsection's starts with its parent's.</summary>
    public required string Name { get; init; }

    /// <summary>The version that is written, and the newest that is read.</summary>
    public required int Version { get; init; }

    /// <summary>The oldest version that is read.</summary>
    public int MinimumVersion { get; init; }

    /// <summary>The fields.</summary>
    public required IReadOnlyList<VmStateField> Fields { get; init; }

    /// <summary>Parts that are sent only when needed.</summary>
    public IReadOnlyList<VmStateSubsection> Subsections { get; init; } = [];

    /// <summary>Runs before the fields are saved.</summary>
    public Action? PreSave { get; init; }

    /// <summary>Runs when everything is loaded; throws <see cref="LoadException"/> to refuse.</summary>
    public Action? PostLoad { get; init; }

    /// <summary>Writes fields and needed subsections.</summary>
    internal void Save(MigrationWriter writer)
    {
        PreSave?.Invoke();
        foreach (VmStateField field in Fields) field.Save(writer);
        foreach (VmStateSubsection subsection in Subsections)
        {
            if (!subsection.IsNeeded()) continue;
            writer.PutByte((byte)SectionType.Subsection);
            writer.PutCountedString(subsection.State.Name);
            writer.PutBe32((uint)subsection.State.Version);
            subsection.State.Save(writer);
        }
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="LoadException">It does not fit.</exception>
    internal async ValueTask LoadAsync(MigrationReader reader, int version)
    {
        if (version > Version)
        {
            throw new LoadException(
                Errno.Invalid, $"{Name}: incoming version_id {version} is too new for local version_id {Version}")
            {
                IsOfFields = true,
            };
        }

        if (version < MinimumVersion)
        {
            throw new LoadException(
                Errno.Invalid,
                $"{Name}: incoming version_id {version} is too old for local minimum version_id  {MinimumVersion}")
            {
                IsOfFields = true,
            };
        }

        byte[] bytes = new byte[Fields.Max(f => f.Length)];
        foreach (VmStateField field in Fields)
        {
            await reader.NeedAsync(field.Length);
            Memory<byte> value = bytes.AsMemory(0, field.Length);
            reader.Get(value.Span);
            if (reader.Failed) throw new LoadException(Errno.InputOutput, $"Failed to load {Name}:{field.Name}") { IsOfFields = true };
            field.Load(value.Span);
        }

        await LoadSubsectionsAsync(reader);
        try
        {
            PostLoad?.Invoke();
        }
        catch (LoadException e)
        {
            throw e.Newer(
                $"post load hook failed for: {Name}, version_id: {version}, minimum_version: {MinimumVersion}, ret: {-(int)e.Errno}",
                prints: true);
        }
    }

    // A subsection announces itself with 0x05 and a name that starts with ours. Anything else belongs to what
    // reads next, so it is only looked at.
    private async ValueTask LoadSubsectionsAsync(MigrationReader reader)
    {
        while (true)
        {
            await reader.NeedAsync(1);
            if (reader.Available == 0 || reader.Buffered[0] != (byte)SectionType.Subsection) return;
            await reader.NeedAsync(2);
            if (reader.Available < 2) return;
            int length = reader.Buffered[1];
            if (length < Name.Length + 1) return;
            await reader.NeedAsync(2 + length + 4);
            if (reader.Available < 2 + length + 4) return;
            string name = System.Text.Encoding.Latin1.GetString(reader.Buffered.Slice(2, length));
            if (!name.StartsWith(Name, StringComparison.Ordinal)) return;
            VmStateSubsection? subsection = Subsections.FirstOrDefault(s => s.State.Name == name);
            if (subsection is null)
            {
                throw new LoadException(Errno.NoEntry) { IsOfFields = true }.Newer(
                    $"VM subsection '{name}' in '{Name}' does not exist", errno: Errno.Invalid);
            }

            reader.Skip(2 + length);
            int version = (int)reader.GetBe32();
            await subsection.State.LoadAsync(reader, version);
        }
    }
}
