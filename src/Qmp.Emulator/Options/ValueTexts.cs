using System.Globalization;
using Qmp.Emulator.Versions;

namespace Qmp.Emulator.Options;

/// <summary>Reads arguments that have no type in the schema. Texts are QEMU's.</summary>
internal static class ValueTexts
{
    private const string TracePrefix = "trace:";

    // What QEMU's own emulation can log; here it has no effect.
    private static readonly HashSet<string> WithoutEffect = new(StringComparer.Ordinal)
    {
        "out_asm", "in_asm", "op", "op_opt", "op_ind", "op_plugin", "int", "exec", "cpu", "fpu", "mmu", "pcall",
        "cpu_reset", "unimp", "guest_errors", "page", "nochain", "plugin", "strace", "tid", "vpu", "invalid_mem", "all",
        "none",
    };

    public static Guid Uuid(string text) => Guid.TryParseExact(text, "D", out Guid uuid)
        ? uuid
        : throw CommandLineException.At("uuid", text, "failed to parse UUID string: wrong format");

    /// <summary>The QEMU that is played.</summary>
    public static QemuVersion PlayedVersion(string text) => QemuVersion.Find(text)
        ?? throw CommandLineException.At("x-qemu-version", text, VersionChoice.Unknown(text));

    public static bool Simulation(string text) => text switch
    {
        "on" => true,
        "off" => false,
        _ => throw CommandLineException.At("x-sim", text, "Parameter 'x-sim' expects 'on' or 'off'"),
    };

    /// <summary>The name of the log, in which <c>%d</c> stands for the process id.</summary>
    public static string LogFile(string text)
    {
        int percent = text.IndexOf('%', StringComparison.Ordinal);
        if (percent < 0) return text;
        if (text.IndexOf('%', percent + 1) >= 0 || percent + 1 == text.Length || text[percent + 1] != 'd')
        {
            throw new CommandLineException($"Bad logfile template: {text}");
        }

        return text.Replace("%d", Environment.ProcessId.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    /// <summary>The patterns in the items of <c>-d</c>.</summary>
    public static IReadOnlyList<string> LogItems(string text) =>
    [
        .. text.Split(',').Where(item => !WithoutEffect.Contains(item)).Select(
            item => item.StartsWith(TracePrefix, StringComparison.Ordinal) && item.Length > TracePrefix.Length
                ? item[TracePrefix.Length..]
                : throw CommandLineException.At("d", text, $"'{item}' is not a log item; only trace:PATTERN is")),
    ];

    /// <summary>Whether all items of <c>-d</c> are known.</summary>
    public static bool AreLogItems(string text) => text.Split(',').All(
        item => WithoutEffect.Contains(item)
            || (item.StartsWith(TracePrefix, StringComparison.Ordinal) && item.Length > TracePrefix.Length));
}
