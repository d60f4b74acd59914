using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Qmp.Interop.Emulators;

/// <summary>Where the emulators are.</summary>
internal static partial class EmulatorPrograms
{
    private const string Qemu = "qemu-system-x86_64";
    private const string QmpdVariable = "QMPD";
    private const string NewQemuVariable = "QMP_QEMU_11_1";
    private static readonly Version Oldest = new(10, 0);
    private static readonly Lazy<string?> Missing = new(FindProblem);

    /// <summary>Why there is no QEMU to be had that this can be compared with; <see langword="null"/> if there is one.</summary>
    public static string? QemuProblem => Missing.Value;

    /// <summary>
    /// The <c>qmpd</c> that the environment names, for tests of one that was built in another way; absent, the one that
    /// is built together with them.
    /// </summary>
    public static string? NamedQmpd { get; } =
        Environment.GetEnvironmentVariable(QmpdVariable) is { Length: > 0 } path ? Path.GetFullPath(path) : null;

    /// <summary>The shell that the environment names; absent, the one that is built together with the tests.</summary>
    public static string Shell { get; } =
        Environment.GetEnvironmentVariable("QMP_SHELL") is { Length: > 0 } shell ? Path.GetFullPath(shell) : Built("qmp-shell");

    /// <summary>QEMU 11.1, where the environment names one.</summary>
    public static string? NewQemu { get; } =
        Environment.GetEnvironmentVariable(NewQemuVariable) is { Length: > 0 } path ? path : null;

    /// <summary>Why there is no QEMU 11.1 to compare with.</summary>
    public static string NewQemuProblem => $"{NewQemuVariable} names no QEMU 11.1";

    /// <summary>Why what QEMU says that it has cannot be compared: it has modules that the one that was recorded had not.</summary>
    public static string? ModulesProblem { get; } =
        Directory.EnumerateFiles("/usr/lib", "*.so", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 2, IgnoreInaccessible = true })
            .Any(file => Path.GetFileName(Path.GetDirectoryName(file)) == "qemu" && file.Contains("spice", StringComparison.Ordinal))
            ? $"{Qemu} has modules for SPICE, which the one that was recorded had not"
            : null;

    /// <summary>The program to start.</summary>
    public static string PathOf(EmulatorKind kind) => kind == EmulatorKind.Qemu ? Qemu : NamedQmpd ?? Built("qmpd");

    /// <summary>The program that is, or plays, a release.</summary>
    public static string PathOf(EmulatorKind kind, QemuRelease release) =>
        (kind, release) is (EmulatorKind.Qemu, QemuRelease.Eleven)
            ? NewQemu ?? throw new InvalidOperationException(NewQemuProblem)
            : PathOf(kind);

    /// <summary>What its command line begins with.</summary>
    public static IReadOnlyList<string> WordsOf(EmulatorKind kind, QemuRelease release) =>
        (kind, release) is (EmulatorKind.Qmpd, QemuRelease.Eleven) ? ["-x-qemu-version", "11.1"] : [];

    /// <summary>Why it is not to be had; <see langword="null"/> if it is.</summary>
    public static string? ProblemOf(EmulatorKind kind, QemuRelease release) => (kind, release) switch
    {
        (EmulatorKind.Qemu, QemuRelease.Ten) => QemuProblem,
        (EmulatorKind.Qemu, QemuRelease.Eleven) when NewQemu is null => NewQemuProblem,
        _ => null,
    };

    // Programs are built side by side: bin/Qmp.Interop/release, bin/qmpd/release.
    private static string Built(string program)
    {
        string here = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        return Path.GetFullPath(Path.Combine(here, "..", "..", program, Path.GetFileName(here), program));
    }

    private static string? FindProblem()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(Qemu, "--version") { RedirectStandardOutput = true })!;
            string text = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return Version.TryParse(VersionPattern().Match(text).Value, out Version? version) && version >= Oldest
                ? null
                : $"{Qemu} is older than {Oldest}: {text.Split('\n')[0]}";
        }
        catch (Win32Exception e)
        {
            return $"{Qemu} is not installed: {e.Message}";
        }
    }

    [GeneratedRegex(@"(?<=version )\d+\.\d+(\.\d+)?")]
    private static partial Regex VersionPattern();
}
