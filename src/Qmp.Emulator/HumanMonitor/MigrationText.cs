using System.Globalization;
using System.Text;
using Qmp.Migration.Options;
using Qmp.Types;

namespace Qmp.Emulator.HumanMonitor;

/// <summary><c>info migrate</c> and <c>info migrate_capabilities</c>, to the letter.</summary>
internal static class MigrationText
{
    public static string OfCapabilities(MigrationOptions options)
    {
        var text = new StringBuilder();
        foreach (CapabilityRow row in CapabilityTable.In(options.Rules))
        {
            text.Append(row.Capability.ToWireName()).Append(": ").Append(options.Has(row.Capability) ? "on" : "off").Append('\n');
        }

        return text.ToString();
    }

    public static string Of(MigrationInfo info, MigrationOptions options, bool onlyMigratable)
    {
        var text = new StringBuilder("globals:\n");
        Line("store-global-state", "on");
        Line("only-migratable", onlyMigratable ? "on" : "off");
        Line("send-configuration", "on");
        Line("send-section-footer", "on");
        Line("send-switchover-start", options.SendsSwitchoverStart ? "on" : "off");
        Line("clear-bitmap-shift", 18);
        if (info.BlockedReasons is { } reasons)
        {
            text.Append("Outgoing migration blocked:\n");
            foreach (string reason in reasons) text.Append("  ").Append(reason).Append('\n');
        }

        if (info.Status is { } status)
        {
            string failure = status == MigrationStatus.Failed && info.ErrorDesc is not null ? $" ({info.ErrorDesc})" : "";
            Line("Migration status", status.ToWireName() + failure);
            Line("total time", info.TotalTime ?? 0, " ms");
            if (info.ExpectedDowntime is { } expected) Line("expected downtime", expected, " ms");
            if (info.Downtime is { } downtime) Line("downtime", downtime, " ms");
            if (info.SetupTime is { } setup) Line("setup", setup, " ms");
        }

        if (info.Ram is { } ram) Append(text, ram);
        if (info.XbzrleCache is { } cache) Append(text, cache);
        if (info.CpuThrottlePercentage is { } throttle) Line("cpu throttle percentage", throttle);
        if (info.SocketAddress is { } addresses)
        {
            text.Append("socket address: [\n");
            foreach (SocketAddress address in addresses) text.Append('\t').Append(Uri(address)).Append('\n');
            text.Append("]\n");
        }

        if (info.Vfio is { } vfio) Line("vfio device transferred", vfio.Transferred >> 10, " kbytes");
        return text.ToString();

        void Line(string name, object value, string unit = "") =>
            text.Append(CultureInfo.InvariantCulture, $"{name}: {value}{unit}\n");
    }

    private static void Append(StringBuilder text, MigrationStats ram)
    {
        Kilobytes("transferred ram", (ulong)ram.Transferred);
        text.Append(CultureInfo.InvariantCulture, $"throughput: {ram.Mbps:F2} mbps\n");
        Kilobytes("remaining ram", (ulong)ram.Remaining);
        Kilobytes("total ram", (ulong)ram.Total);
        Line("duplicate", ram.Duplicate, " pages");
        Line("normal", ram.Normal, " pages");
        Kilobytes("normal bytes", (ulong)ram.NormalBytes);
        Line("dirty sync count", ram.DirtySyncCount);
        Kilobytes("page size", (ulong)ram.PageSize);
        Kilobytes("multifd bytes", ram.MultifdBytes);
        text.Append(CultureInfo.InvariantCulture, $"pages-per-second: {ram.PagesPerSecond}\n");
        if (ram.DirtyPagesRate != 0) Line("dirty pages rate", ram.DirtyPagesRate, " pages");
        if (ram.PostcopyRequests != 0) Line("postcopy request count", ram.PostcopyRequests);
        if (ram.PrecopyBytes != 0) Kilobytes("precopy ram", ram.PrecopyBytes);
        if (ram.DowntimeBytes != 0) Kilobytes("downtime ram", ram.DowntimeBytes);
        if (ram.PostcopyBytes != 0) Kilobytes("postcopy ram", ram.PostcopyBytes);
        if (ram.DirtySyncMissedZeroCopy != 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"Zero-copy-send fallbacks happened: {ram.DirtySyncMissedZeroCopy} times\n");
        }

        void Line(string name, long value, string unit = "") =>
            text.Append(CultureInfo.InvariantCulture, $"{name}: {value}{unit}\n");

        void Kilobytes(string name, ulong bytes) =>
            text.Append(CultureInfo.InvariantCulture, $"{name}: {bytes >> 10} kbytes\n");
    }

    private static void Append(StringBuilder text, XBZRLECacheStats cache) => text.Append(
        CultureInfo.InvariantCulture,
        $"""
        cache size: {cache.CacheSize} bytes
        xbzrle transferred: {cache.Bytes >> 10} kbytes
        xbzrle pages: {cache.Pages} pages
        xbzrle cache miss: {cache.CacheMiss} pages
        xbzrle cache miss rate: {cache.CacheMissRate:F2}
        xbzrle encoding rate: {cache.EncodingRate:F2}
        xbzrle overflow: {cache.Overflow}

        """);

    /// <summary>An address that a destination listens on.</summary>
    internal static string Uri(SocketAddress address) => address switch
    {
        SocketAddress.Unix unix => $"unix:{unix.Value.Path}",
        SocketAddress.Inet inet => $"tcp:{inet.Value.Host}:{inet.Value.Port}",
        SocketAddress.Vsock vsock => $"tcp:{vsock.Value.Cid}:{vsock.Value.Port}",
        SocketAddress.Fd fd => $"fd:{fd.Value.Str}",
        _ => address.Type.ToWireName(),
    };
}
