using System.ComponentModel;
using System.Diagnostics;

namespace Qmp.TestSupport;

/// <summary>Decides whether tests against a real QEMU run.</summary>
/// <remarks>
/// <para>They need <c>qemu-system-x86_64</c> 10.0.2 on the path and are skipped without it, unless the environment
/// variable <c>QMP_REQUIRE_QEMU</c> is 1: then its absence is a failure.</para>
/// <para>Debian 12's 7.2 is an extra: it may be on the path instead, or where <c>QMP_QEMU_7_2</c> says.</para>
/// </remarks>
public static class Qemu
{
    private const string Program = "qemu-system-x86_64";
    private const string Version = "10.0.2";
    private const string OlderVersion = "7.2.";
    private const string Switch = "QMP_REQUIRE_QEMU";
    private const string OlderProgram = "QMP_QEMU_7_2";

    /// <summary>The program; without it the test ends here.</summary>
    public static string Require()
    {
        if (Problem(Program, Version) is not { } problem) return Program;
        if (Environment.GetEnvironmentVariable(Switch) == "1") Assert.Fail($"{problem}, and {Switch} is 1");
        Assert.Ignore(problem);
        return "";
    }

    /// <summary>The older program; without it the test ends here.</summary>
    public static string RequireOlder()
    {
        string? named = Environment.GetEnvironmentVariable(OlderProgram);
        string program = named ?? Program;
        if (Problem(program, OlderVersion) is not { } problem) return program;
        if (named is not null) Assert.Fail($"{problem}, and {OlderProgram} names it");
        Assert.Ignore($"{problem}, and {OlderProgram} names no other");
        return "";
    }

    private static string? Problem(string program, string version)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, "--version") { RedirectStandardOutput = true })!;
            string text = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return text.Contains($"version {version}", StringComparison.Ordinal)
                ? null
                : $"{program} is not {version.TrimEnd('.')}: {text.Split('\n')[0]}";
        }
        catch (Win32Exception e)
        {
            return $"{program} is not installed: {e.Message}";
        }
    }
}
