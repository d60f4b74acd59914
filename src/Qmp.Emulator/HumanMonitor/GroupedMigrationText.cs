using System.Globalization;
using System.Text;
using Qmp.Migration.Options;
using Qmp.Protocol.Visitors.Text;
using Qmp.Types;

namespace Qmp.Emulator.HumanMonitor;

/// <summary><c>info migrate</c> of newer releases, to the letter: what belongs together is in one line.</summary>
internal static class GroupedMigrationText
{
    /// <summary>The text.</summary>
    /// <param name="info">The state of the migration.</param>
    /// <param name="options">The settings.</param>
    /// <param name="onlyMigratable">What <c>-only-migratable</c> says, to show all; <see langword="null"/> leaves settings out.</param>
    public static string Of(MigrationInfo info, MigrationOptions options, bool? onlyMigratable)
    {
        var text = new StringBuilder();
        if (info.BlockedReasons is { } reasons)
        {
            text.Append("Outgoing migration blocked:\n");
            foreach (string reason in reasons) text.Append("  ").Append(reason).Append('\n');
        }

        if (info.Status is { } status)
        {
            string failure = status == MigrationStatus.Failed && info.ErrorDesc is not null ? $" ({info.ErrorDesc})" : "";
            text.Append(CultureInfo.InvariantCulture, $"Status: \t\t{status.ToWireName()}{failure}\n");
            AppendTimes(text, info);
        }

        if (info.Remaining is { } remaining) text.Append(CultureInfo.InvariantCulture, $"Remaining: \t\t{Size(remaining)}\n");
        if (info.SocketAddress is { } addresses)
        {
            text.Append("Sockets: [\n");
            foreach (SocketAddress address in addresses) text.Append('\t').Append(MigrationText.Uri(address)).Append('\n');
            text.Append("]\n");
        }

        if (info.Ram is { } ram) Append(text, ram, info.Vfio);
        if (onlyMigratable is not { } only) return text.ToString();
        AppendSettings(text, options, only);
        if (info.XbzrleCache is { } cache) Append(text, cache);
        if (info.CpuThrottlePercentage is { } throttle) text.Append(CultureInfo.InvariantCulture, $"CPU Throttle (%): {throttle}\n");
        return text.ToString();
    }

    private static void AppendTimes(StringBuilder text, MigrationInfo info)
    {
        if (info.TotalTime is null or 0) return;
        text.Append(CultureInfo.InvariantCulture, $"Time (ms): \t\ttotal={info.TotalTime}");
        if (info.SetupTime is { } setup) text.Append(CultureInfo.InvariantCulture, $", setup={setup}");
        if (info.ExpectedDowntime is { } expected) text.Append(CultureInfo.InvariantCulture, $", exp_down={expected}");
        if (info.Downtime is { } downtime) text.Append(CultureInfo.InvariantCulture, $", down={downtime}");
        text.Append('\n');
    }

    private static void Append(StringBuilder text, MigrationStats ram, VfioStats? vfio)
    {
        text.Append(CultureInfo.InvariantCulture, $"RAM info:\n  Throughput (Mbps): \t{ram.Mbps:F2}\n");
        text.Append(CultureInfo.InvariantCulture, $"  Sizes: \t\tpagesize={Size(ram.PageSize)}, total={Size(ram.Total)}\n");
        text.Append(CultureInfo.InvariantCulture, $"  Transfers: \t\ttransferred={Size(ram.Transferred)}, remain={Size(ram.Remaining)}\n");
        text.Append(CultureInfo.InvariantCulture, $"    Channels: \t\tprecopy={Size(ram.PrecopyBytes)}, multifd={Size(ram.MultifdBytes)}, postcopy={Size(ram.PostcopyBytes)}");
        if (vfio is not null) text.Append(CultureInfo.InvariantCulture, $", vfio={Size(vfio.Transferred)}");
        text.Append(CultureInfo.InvariantCulture, $"\n    Page Types: \tnormal={ram.Normal}, zero={ram.Duplicate}\n");
        text.Append(CultureInfo.InvariantCulture, $"  Page Rates (pps): \ttransfer={ram.PagesPerSecond}");
        Value("dirty", (ulong)ram.DirtyPagesRate);
        text.Append(CultureInfo.InvariantCulture, $"\n  Others: \t\tdirty_syncs={ram.DirtySyncCount}");
        Value("postcopy_req", (ulong)ram.PostcopyRequests);
        Value("downtime_bytes", ram.DowntimeBytes);
        Value("zerocopy_fallbacks", ram.DirtySyncMissedZeroCopy);
        text.Append('\n');

        void Value(string name, ulong value)
        {
            if (value != 0) text.Append(CultureInfo.InvariantCulture, $", {name}={value}");
        }
    }

    private static void AppendSettings(StringBuilder text, MigrationOptions options, bool onlyMigratable) => text.Append(
        CultureInfo.InvariantCulture,
        $"""
        Globals:
          store-global-state: on
          only-migratable: {(onlyMigratable ? "on" : "off")}
          send-configuration: on
          send-section-footer: on
          send-switchover-start: {(options.SendsSwitchoverStart ? "on" : "off")}
          clear-bitmap-shift: 18

        """);

    private static void Append(StringBuilder text, XBZRLECacheStats cache) => text.Append(
        CultureInfo.InvariantCulture,
        $"""
        XBZRLE: size={cache.CacheSize}, transferred={cache.Bytes}, pages={cache.Pages}, miss={cache.CacheMiss}
          miss_rate={cache.CacheMissRate:F2}, encode_rate={cache.EncodingRate:F2}, overflow={cache.Overflow}

        """);

    private static string Size(long bytes) => Size((ulong)bytes);

    private static string Size(ulong bytes) => SizeFormat.Human(bytes);
}
