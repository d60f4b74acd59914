using System.ComponentModel;
using System.Diagnostics;
using Qmp.Interop.Emulators;
using Qmp.TestSupport;

namespace Qmp.Benchmarks.Measuring;

/// <summary>Where the programs are that are compared.</summary>
internal static class Programs
{
    public static string Qemu { get; } = EmulatorPrograms.PathOf(EmulatorKind.Qemu);

    public static string Qmpd { get; } = EmulatorPrograms.PathOf(EmulatorKind.Qmpd);

    /// <summary>The version of QEMU, as it prints it.</summary>
    public static string? QemuVersion() => Output(Qemu, "--version")?.Split('\n')[0];

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
