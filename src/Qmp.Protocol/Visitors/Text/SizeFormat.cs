using System.Globalization;

namespace Qmp.Protocol.Visitors.Text;

/// <summary>Sizes for people: <c>1.5 KiB</c>.</summary>
public static class SizeFormat
{
    private static readonly string[] Prefixes = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

    /// <summary>The size with three significant digits, in the unit that keeps it below 1000.</summary>
    public static string Human(ulong size)
    {
        int unit = size == 0 ? 0 : Math.ILogB(size / (1000.0 / 1024.0)) / 10;
        decimal value = (decimal)size / (1UL << (10 * unit));
        int decimals = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3;
        string text = Math.Round(value, decimals, MidpointRounding.ToEven).ToString("0.###", CultureInfo.InvariantCulture);
        return $"{text} {Prefixes[unit]}B";
    }
}
