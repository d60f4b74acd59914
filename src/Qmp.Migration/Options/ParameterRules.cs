using System.Numerics;
using System.Text;
using Qmp.Types;

namespace Qmp.Migration.Options;

/// <summary>Ranges of the parameters. Texts and order are QEMU's (QMP.md section 7).</summary>
internal static class ParameterRules
{
    /// <summary>What QEMU says where zero-copy meets compression or TLS.</summary>
    public const string ZeroCopyText =
        "Zero copy only available for non-compressed non-TLS multifd migration";

    private const ulong TargetPageSize = 4096;

    /// <summary>Checks the parameters that a request would put in force.</summary>
    /// <param name="p">All of them, old ones included.</param>
    /// <param name="old">Those in force.</param>
    /// <param name="capabilities">The capabilities in force.</param>
    /// <exception cref="MigrationException">One is out of its range.</exception>
    public static void Check(MigrationParameters p, MigrationParameters old, CapabilitySet capabilities)
    {
        Integer("throttle_trigger_threshold", p.ThrottleTriggerThreshold, 1, 100, "1 to 100");
        Integer("cpu_throttle_initial", p.CpuThrottleInitial, 1, 99, "1 to 99");
        Integer("cpu_throttle_increment", p.CpuThrottleIncrement, 1, 99, "1 to 99");
        Integer("downtime_limit", p.DowntimeLimit, 0, 2_000_000, "0 to (2000 * 1000) ms");
        Value("multifd_channels", p.MultifdChannels, 1, 255);
        Value("multifd_zlib_level", p.MultifdZlibLevel, 0, 9);
        Value("multifd_qatzip_level", p.MultifdQatzipLevel, 1, 9);
        Value("multifd_zstd_level", p.MultifdZstdLevel, 0, 20);
        if (p.XbzrleCacheSize is { } cache && (cache < TargetPageSize || !BitOperations.IsPow2(cache)))
        {
            Refuse("xbzrle_cache_size", "expects a power of two no less than the target page size");
        }

        Integer("max_cpu_throttle", p.MaxCpuThrottle, p.CpuThrottleInitial ?? 0, 99, "cpu_throttle_initial to 99");
        Value("announce_initial", p.AnnounceInitial, 0, 100_000);
        Value("announce_max", p.AnnounceMax, 0, 100_000);
        Value("announce_rounds", p.AnnounceRounds, 0, 1000);

        // The text is QEMU's: it allows 0, the check does not.
        if (p.AnnounceStep is < 1 or > 10_000) Refuse("announce_step", "expects a value between 0 and 10000");
        if (p.BlockBitmapMapping is { } mapping) CheckBitmapMapping(mapping);
        if (capabilities[MigrationCapability.ZeroCopySend] && CompressesOrEncrypts(p))
        {
            throw new MigrationException(ZeroCopyText);
        }

        // QEMU looks at the parameters in force here, not at the new ones.
        if (capabilities[MigrationCapability.MappedRam] && CompressesOrEncrypts(old))
        {
            throw new MigrationException("Mapped-ram only available for non-compressed non-TLS multifd migration");
        }

        if (p.XVcpuDirtyLimitPeriod is < 1 or > 1000)
        {
            Refuse("x-vcpu-dirty-limit-period", "expects a value between 1 and 1000");
        }

        if (p.VcpuDirtyLimit is < 1) Refuse("vcpu_dirty_limit", "must be greater than 1 MB/s");
    }

    /// <summary>Whether the stream is compressed or encrypted, so that pages cannot be sent as they are.</summary>
    public static bool CompressesOrEncrypts(MigrationParameters p) =>
        p.MultifdCompression is not (null or MultiFDCompression.None) || !string.IsNullOrEmpty(p.TlsCreds);

    private static void Integer(string name, ulong? value, ulong min, ulong max, string range)
    {
        if (value is { } v && (v < min || v > max)) Refuse(name, $"expects an integer in the range of {range}");
    }

    private static void Value(string name, ulong? value, ulong min, ulong max)
    {
        if (value is { } v && (v < min || v > max)) Refuse(name, $"expects a value between {min} and {max}");
    }

    private static void Refuse(string name, string text) =>
        throw new MigrationException($"Parameter '{name}' {text}");

    private static void CheckBitmapMapping(IReadOnlyList<BitmapMigrationNodeAlias> mapping)
    {
        var nodes = new HashSet<string>(StringComparer.Ordinal);
        var aliases = new HashSet<string>(StringComparer.Ordinal);
        foreach (BitmapMigrationNodeAlias node in mapping)
        {
            if (!IsWellFormed(node.Alias)) Invalid($"The node alias '{node.Alias}' is not well-formed");
            if (Length(node.Alias) > 255) Invalid($"The node alias '{node.Alias}' is longer than 255 bytes");
            if (Length(node.NodeName) > 31) Invalid($"The node name '{node.NodeName}' is longer than 31 bytes");
            if (!nodes.Add(node.NodeName)) Invalid($"The node name '{node.NodeName}' is mapped twice");
            if (!aliases.Add(node.Alias)) Invalid($"The node alias '{node.Alias}' is used twice");
            CheckBitmaps(node);
        }
    }

    private static void CheckBitmaps(BitmapMigrationNodeAlias node)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var aliases = new HashSet<string>(StringComparer.Ordinal);
        foreach (BitmapMigrationBitmapAlias bitmap in node.Bitmaps)
        {
            if (Length(bitmap.Alias) > 255) Invalid($"The bitmap alias '{bitmap.Alias}' is longer than 255 bytes");
            if (Length(bitmap.Name) > 1023) Invalid($"The bitmap name '{bitmap.Name}' is longer than 1023 bytes");
            if (!names.Add(bitmap.Name)) Invalid($"The bitmap '{node.NodeName}'/'{bitmap.Name}' is mapped twice");
            if (!aliases.Add(bitmap.Alias))
            {
                Invalid($"The bitmap alias '{node.Alias}'/'{bitmap.Alias}' is used twice");
            }
        }
    }

    // An id: a letter, then letters, digits, '-', '.', '_'.
    private static bool IsWellFormed(string id) =>
        id.Length > 0 && char.IsAsciiLetter(id[0])
        && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_');

    private static int Length(string text) => Encoding.UTF8.GetByteCount(text);

    private static void Invalid(string text) =>
        throw new MigrationException($"Invalid mapping given for block-bitmap-mapping: {text}");
}
