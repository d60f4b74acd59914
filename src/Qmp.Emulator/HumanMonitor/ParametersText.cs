using System.Globalization;
using System.Text;
using Qmp.Types;

namespace Qmp.Emulator.HumanMonitor;

/// <summary><c>info migrate_parameters</c>, to the letter.</summary>
internal static class ParametersText
{
    public static string Of(MigrationParameters p)
    {
        var text = new StringBuilder();
        Line("announce-initial", p.AnnounceInitial, " ms");
        Line("announce-max", p.AnnounceMax, " ms");
        Line("announce-rounds", p.AnnounceRounds);
        Line("announce-step", p.AnnounceStep, " ms");
        Line("throttle-trigger-threshold", p.ThrottleTriggerThreshold);
        Line("cpu-throttle-initial", p.CpuThrottleInitial);
        Line("cpu-throttle-increment", p.CpuThrottleIncrement);
        Line("cpu-throttle-tailslow", OnOff(p.CpuThrottleTailslow));
        Line("max-cpu-throttle", p.MaxCpuThrottle);
        Line("tls-creds", $"'{p.TlsCreds}'");
        Line("tls-hostname", $"'{p.TlsHostname}'");
        Line("max-bandwidth", p.MaxBandwidth, " bytes/second");
        Line("avail-switchover-bandwidth", p.AvailSwitchoverBandwidth, " bytes/second");
        Line("downtime-limit", p.DowntimeLimit, " ms");
        Line("x-checkpoint-delay", p.XCheckpointDelay, " ms");
        Line("multifd-channels", p.MultifdChannels);
        Line("multifd-compression", p.MultifdCompression!.Value.ToWireName());
        Line("zero-page-detection", p.ZeroPageDetection!.Value.ToWireName());
        Line("xbzrle-cache-size", p.XbzrleCacheSize, " bytes");
        Line("max-postcopy-bandwidth", p.MaxPostcopyBandwidth);
        Line("tls-authz", $"'{p.TlsAuthz}'");
        if (p.BlockBitmapMapping is { } mapping) Append(text, mapping);
        Line("x-vcpu-dirty-limit-period", p.XVcpuDirtyLimitPeriod, " ms");
        Line("vcpu-dirty-limit", p.VcpuDirtyLimit, " MB/s");
        Line("mode", p.Mode!.Value.ToWireName());
        Line("direct-io", OnOff(p.DirectIo));
        return text.ToString();

        void Line(string name, object? value, string unit = "") =>
            text.Append(CultureInfo.InvariantCulture, $"{name}: {value}{unit}\n");
    }

    private static void Append(StringBuilder text, IReadOnlyList<BitmapMigrationNodeAlias> mapping)
    {
        text.Append("block-bitmap-mapping:\n");
        foreach (BitmapMigrationNodeAlias node in mapping)
        {
            text.Append(CultureInfo.InvariantCulture, $"  '{node.NodeName}' -> '{node.Alias}'\n");
            foreach (BitmapMigrationBitmapAlias bitmap in node.Bitmaps)
            {
                text.Append(CultureInfo.InvariantCulture, $"    '{bitmap.Name}' -> '{bitmap.Alias}'\n");
            }
        }
    }

    private static string OnOff(bool? value) => value == true ? "on" : "off";
}
