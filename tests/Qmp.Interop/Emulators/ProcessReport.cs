using System.Globalization;
using System.Text;

namespace Qmp.Interop.Emulators;

/// <summary>What processes do that do not come up, and how busy the machine is, by <c>/proc</c>: for the message of a failed test.</summary>
internal static class ProcessReport
{
    private const string Separator = " | "; // in place of ends of lines

    /// <summary>Tells of each process that has the path in its command line, and of the machine.</summary>
    public static string Of(string path)
    {
        var text = new StringBuilder();
        foreach (string file in (string[])["loadavg", "pressure/cpu", "pressure/io", "pressure/memory"])
        {
            text.Append(CultureInfo.InvariantCulture, $"{file}: {Read($"/proc/{file}")}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"{Line("/proc/meminfo", "MemAvailable")}\n");
        string[] processes =
        [
            .. Directory.EnumerateDirectories("/proc")
                .Where(d => char.IsAsciiDigit(d[^1]) && Read($"{d}/cmdline").Contains(path, StringComparison.Ordinal)),
        ];
        if (processes is []) text.Append("no such process\n");
        foreach (string process in processes)
        {
            text.Append(CultureInfo.InvariantCulture, $"{Path.GetFileName(process)}: {Read($"{process}/cmdline")}\n");
            foreach (string thread in Threads(process))
            {
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"  {Read($"{thread}/comm")}: {Line($"{thread}/status", "State")}, waits in {Read($"{thread}/wchan")}, system call {Read($"{thread}/syscall")}\n");
            }
        }

        return text.ToString();
    }

    private static string[] Threads(string process)
    {
        try
        {
            return Directory.GetDirectories($"{process}/task");
        }
        catch (IOException)
        {
            return []; // It has ended.
        }
    }

    private static string Line(string file, string key) =>
        Read(file).Split(Separator).FirstOrDefault(l => l.StartsWith(key, StringComparison.Ordinal)) ?? $"{key}: unknown";

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file).TrimEnd('\n', '\0').Replace('\0', ' ').Replace("\n", Separator, StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }
}
