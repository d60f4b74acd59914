using System.Globalization;

namespace Demo;

/// <summary>Numbers for people.</summary>
internal static class Format
{
    public static string Bytes(double bytes) =>
        string.Create(CultureInfo.InvariantCulture, $"{bytes / (1 << 20):F1} MiB");

    public static string Rate(double bytesPerSecond) => $"{Bytes(bytesPerSecond)}/s";

    public static string Milliseconds(long? value) => value is null ? "unknown" : $"{value} ms";

    public static string Shorten(string text, int length) => text.Length <= length ? text : $"{text[..(length - 1)]}…";
}
