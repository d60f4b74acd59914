using System.Diagnostics;

namespace Qmp.Client.Tests.Support;

/// <summary>Decides whether tests against a real QEMU run.</summary>
/// <remarks>
/// They need <c>qemu-system-x86_64</c> 10.0.2 on the path and are skipped without it, unless the environment variable
/// <c>QMP_REQUIRE_QEMU</c> is 1: then its absence is a failure.
/// </remarks>
internal static class Qemu
{
    private const string Program = "qemu-system-x86_64";
    private const string Version = "10.0.2";
    private const string Switch = "QMP_REQUIRE_QEMU";

    /// <summary>The program; without it the test ends here.</summary>
    public static string Require()
    {
        if (Problem() is not { } problem) return Program;
        if (Environment.GetEnvironmentVariable(Switch) == "1") Assert.Fail($"{problem}, and {Switch} is 1");
        Assert.Ignore(problem);
        return "";
    }

    private static string? Problem()
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(Program, "--version") { RedirectStandardOutput = true })!;
            string text = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return text.Contains($"version {Version}", StringComparison.Ordinal)
                ? null
                : $"{Program} is not {Version}: {text.Split('\n')[0]}";
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return $"{Program} is not installed: {e.Message}";
        }
    }
}
