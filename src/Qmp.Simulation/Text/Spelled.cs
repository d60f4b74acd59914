using System.Globalization;

namespace Qmp.Simulation.Text;

/// <summary>Quantities for people.</summary>
public static class Spelled
{
    /// <summary>A time.</summary>
    public static string Time(double milliseconds) => milliseconds switch
    {
        < 1000 => Text(milliseconds, "ms"),
        < 120_000 => Text(milliseconds / 1000, "s"),
        _ => Text(milliseconds / 60_000, "min"),
    };

    /// <summary>Bytes.</summary>
    public static string Bytes(double bytes) => bytes switch
    {
        < 1 << 20 => Text(bytes / 1024, "KiB"),
        < 1 << 30 => Text(bytes / (1 << 20), "MiB"),
        < 1L << 40 => Text(bytes / (1 << 30), "GiB"),
        _ => Text(bytes / (1L << 40), "TiB"),
    };

    /// <summary>Bytes a second.</summary>
    public static string Rate(double bytes) => bytes < 1e9 ? Text(bytes / 1e6, "MB/s") : Text(bytes / 1e9, "GB/s");

    /// <summary>Bytes a second, as bits.</summary>
    public static string Bits(double bytes) => bytes * 8 < 1e9 ? Text(bytes * 8 / 1e6, "Mbit/s") : Text(bytes * 8 / 1e9, "Gbit/s");

    // Three digits are enough.
    private static string Text(double value, string unit)
    {
        int digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
        return string.Create(CultureInfo.InvariantCulture, $"{Math.Round(value, digits)} {unit}");
    }
}
