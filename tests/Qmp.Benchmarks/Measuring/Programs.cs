using System.ComponentModel;
using System.Diagnostics;
using Qmp.Interop.Emulators;
using Qmp.TestSupport;

namespace Qmp.Benchmarks.Measuring;

/// <summary>Where the programs are that are compared.</summary>
internal static class Programs
{
    /// <summary>What qmpd is compared with: QEMU, or another build of qmpd.</summary>
    public static string Other { get; set; } = EmulatorPrograms.PathOf(EmulatorKind.Qemu);

    public static string Qmpd { get; } = EmulatorPrograms.PathOf(EmulatorKind.Qmpd);

    /// <summary>The <c>qmp-shell</c> that the environment names, or that is built together with this program.</summary>
    public static string Shell { get; } = Environment.GetEnvironmentVariable("QMP_SHELL") is { Length: > 0 } path
        ? Path.GetFullPath(path)
        : Qmpd.Replace("qmpd", "qmp-shell", StringComparison.Ordinal);

    /// <summary>Whether qmpd is the native program.</summary>
    public static bool IsNative { get; } = !File.Exists(Qmpd + ".dll");

    /// <summary>The version of what qmpd is compared with, as it prints it.</summary>
    public static string? OtherVersion() => Output(Other, "-version")?.Split('\n')[0];

    /// <summary>Compiles the echo server.</summary>
    /// <returns>Its path; <see langword="null"/> if there is no C compiler.</returns>
    public static string? BuildEcho(TemporaryFolder folder)
    {
        string program = folder.File("echo-server");
        string source = Path.Combine(AppContext.BaseDirectory, "Native", "echo.c");
        return Output("cc", "-O2", "-o", program, source) is null ? null : program;
    }

    /// <summary>Words that start either emulator with nothing but memory and a monitor.</summary>
    public static IEnumerable<string> Words(string socket, params IEnumerable<string> more) =>
    [
        "-M", "none", "-nodefaults", "-display", "none", "-qmp", $"unix:{socket},server=on,wait=off", .. more,
    ];

    private static string? Output(string program, params IEnumerable<string> words)
    {
        try
        {
            var start = new ProcessStartInfo(program) { RedirectStandardOutput = true };
            foreach (string word in words) start.ArgumentList.Add(word);
            using Process process = Process.Start(start)!;
            string text = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? text : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
