using System.Text;
using Qmp.Machine;
using Qmp.Migration.Options;
using Qmp.Migration.Status;
using Qmp.Types;
using Serilog;

namespace Qmp.Migration.Stream;

/// <summary>Magic, version and the configuration section that begin a stream.</summary>
internal static class StreamHeader
{
    public const uint Magic = 0x5145564d; // "QEVM"
    private const uint Version = 3;
    private const uint ObsoleteVersion = 2;
    private const int MaxMachineType = 4096;
    public const string CapabilitiesSection = "configuration/capabilities";
    public const string UuidSection = "configuration/uuid";
    private const string AfterLoad = "post load hook failed for: configuration, version_id: 1, minimum_version: 0";
    private const string PageBitsSection = "configuration/target-page-bits";
    private const uint TargetPageBits = 12;

    private static readonly MigrationCapability[] Validated =
        [.. CapabilityTable.Rows.Where(row => row.IsInStream).Select(row => row.Capability)];

    /// <summary>The capabilities that the stream names.</summary>
    public static IReadOnlyList<string> Capabilities(MigrationOptions options) =>
        [.. Validated.Where(options.Has).Select(capability => capability.ToWireName())];

    /// <summary>The UUID, if it is sent.</summary>
    public static Guid? Uuid(MachineIdentity identity, MigrationOptions options) =>
        options.Has(MigrationCapability.ValidateUuid) ? identity.Uuid : null;

    public static void Write(MigrationWriter writer, MachineIdentity identity, MigrationOptions options)
    {
        writer.PutBe32(Magic);
        writer.PutBe32(Version);
        writer.PutByte((byte)SectionType.Configuration);
        byte[] machineType = Encoding.UTF8.GetBytes(identity.MachineType);
        writer.PutBe32((uint)machineType.Length);
        writer.PutBytes(machineType);
        IReadOnlyList<string> capabilities = Capabilities(options);
        if (capabilities.Count > 0)
        {
            BeginSubsection(writer, CapabilitiesSection);
            writer.PutBe32((uint)capabilities.Count);
            foreach (string name in capabilities) writer.PutCountedString(name);
        }

        if (Uuid(identity, options) is { } uuid)
        {
            BeginSubsection(writer, UuidSection);
            writer.PutBytes(uuid.ToByteArray(bigEndian: true));
        }
    }

    public static async ValueTask ReadAsync(
        MigrationReader reader, MachineIdentity identity, MigrationOptions options, ILogger logger)
    {
        await reader.NeedAsync(4);
        uint magic = reader.GetBe32();
        if (magic != Magic)
        {
            throw new LoadException(Errno.Invalid, "Not a migration stream").Newer(
                $"Not a migration stream, magic: {magic:x} != {Magic:x}");
        }

        await reader.NeedAsync(4);
        uint version = reader.GetBe32();
        if (version == ObsoleteVersion)
        {
            throw new LoadException(Errno.NotSupported, "SaveVM v2 format is obsolete and don't work anymore").Newer(
                "SaveVM v2 format is obsolete and no longer supported");
        }

        if (version != Version)
        {
            throw new LoadException(Errno.NotSupported, "Unsupported migration stream version").Newer(
                $"Unsupported migration stream version, file version {version} != {Version}");
        }

        await reader.NeedAsync(1);
        byte type = reader.GetByte();
        if (type != (byte)SectionType.Configuration)
        {
            throw new LoadException(Errno.Invalid, "Configuration section missing").Newer(
                $"Configuration section missing, {type} != {(byte)SectionType.Configuration}");
        }

        string machineType = await ReadMachineTypeAsync(reader);
        var named = new HashSet<string>(StringComparer.Ordinal);
        Guid? uuid = null;
        while (await PeekSubsectionAsync(reader) is { } section)
        {
            reader.Skip(2 + section.Length);
            reader.GetBe32(); // the version, which is 1
            switch (section)
            {
                case CapabilitiesSection:
                    await ReadCapabilitiesAsync(reader, named);
                    break;

                case UuidSection:
                    await reader.NeedAsync(16);
                    byte[] bytes = new byte[16];
                    reader.Get(bytes);
                    uuid = new Guid(bytes, bigEndian: true);
                    break;

                case PageBitsSection:
                    await reader.NeedAsync(4);
                    uint bits = reader.GetBe32();
                    if (bits == TargetPageBits) break;
                    throw new LoadException(
                        Errno.Invalid, $"Received TARGET_PAGE_BITS is {bits} but local is {TargetPageBits}").NewerWhile(AfterLoad);

                default:
                    throw new LoadException(Errno.NoEntry).Newer(
                        $"VM subsection '{section}' in 'configuration' does not exist", errno: Errno.Invalid);
            }

            if (reader.Failed) throw new LoadException(Errno.InputOutput);
        }

        Check(machineType, named, uuid, identity, options, logger);
    }

    private static void Check(
        string machineType,
        HashSet<string> named,
        Guid? uuid,
        MachineIdentity identity,
        MigrationOptions options,
        ILogger logger)
    {
        // QEMU compares as many bytes as it received, so a prefix will do.
        if (!identity.MachineType.StartsWith(machineType, StringComparison.Ordinal))
        {
            throw new LoadException(
                Errno.Invalid,
                $"Machine type received is '{machineType}' and local is '{identity.MachineType}'").NewerWhile(AfterLoad);
        }

        foreach (MigrationCapability capability in Validated)
        {
            string name = capability.ToWireName();
            bool local = options.Has(capability);
            if (local == named.Contains(name)) continue;
            throw new LoadException(
                Errno.Invalid,
                $"Capability {name} is {(local ? "on" : "off")}, but received capability is {(local ? "off" : "on")}").Newer(
                $"{AfterLoad}: Failed to validate capabilities", prints: true);
        }

        // A source that sends its UUID wants it to be compared, whatever this side has switched on.
        if (uuid is not { } received) return;
        if (identity.Uuid is not { } own)
        {
            logger.Warning("warning: UUID is received {Uuid}, but local uuid isn't set", received);
            return;
        }

        if (own == received) return;
        throw new LoadException(Errno.Invalid, $"UUID received is {received} and local is {own}").Newer(
            $"Loading VM subsection '{UuidSection}' in 'configuration' failed: post load hook failed for: {UuidSection}, "
            + $"version_id: 1, minimum_version: 1, ret: {-(int)Errno.Invalid}",
            prints: true);
    }

    private static async ValueTask<string> ReadMachineTypeAsync(MigrationReader reader)
    {
        await reader.NeedAsync(4);
        uint length = reader.GetBe32();
        if (reader.Failed) throw new LoadException(Errno.InputOutput, "Failed to load configuration:len");
        if (length > MaxMachineType)
        {
            throw new LoadException(Errno.Invalid, $"Machine type of {length} bytes in configuration section");
        }

        byte[] bytes = new byte[length];
        await reader.NeedAsync(bytes.Length);
        reader.Get(bytes);
        if (reader.Failed) throw new LoadException(Errno.InputOutput, "Failed to load configuration:name");
        return Encoding.Latin1.GetString(bytes);
    }

    private static async ValueTask ReadCapabilitiesAsync(MigrationReader reader, HashSet<string> named)
    {
        await reader.NeedAsync(4);
        uint count = reader.GetBe32();
        for (uint i = 0; i < count && !reader.Failed; i++)
        {
            await reader.NeedCountedStringAsync();
            named.Add(reader.GetCountedString(out _));
        }
    }

    // A subsection of the configuration, if one comes next; nothing is taken.
    private static async ValueTask<string?> PeekSubsectionAsync(MigrationReader reader)
    {
        await reader.NeedAsync(1);
        if (reader.Available < 1 || reader.Buffered[0] != (byte)SectionType.Subsection) return null;
        await reader.NeedAsync(2);
        if (reader.Available < 2) return null;
        int length = reader.Buffered[1];
        await reader.NeedAsync(2 + length + 4);
        if (reader.Available < 2 + length + 4) return null;
        string name = Encoding.Latin1.GetString(reader.Buffered.Slice(2, length));
        return name.StartsWith("configuration/", StringComparison.Ordinal) ? name : null;
    }

    private static void BeginSubsection(MigrationWriter writer, string name)
    {
        writer.PutByte((byte)SectionType.Subsection);
        writer.PutCountedString(name);
        writer.PutBe32(1);
    }
}
