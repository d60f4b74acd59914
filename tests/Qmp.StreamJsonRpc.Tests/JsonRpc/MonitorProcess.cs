using System.Diagnostics;
using Qmp.StreamJsonRpc.Tests.Support;

namespace Qmp.StreamJsonRpc.Tests.JsonRpc;

/// <summary>A process whose monitor is on its standard input and output.</summary>
internal sealed class MonitorProcess : IDisposable
{
    private const string Qemu = "qemu-system-x86_64";
    private const string Version = "10.0.2";
    private const string Switch = "QMP_REQUIRE_QEMU";
    private static readonly string[] Machine =
        ["-M", "none", "-nodefaults", "-display", "none", "-m", "64M", "-qmp", "stdio"];

    private readonly Process _process;

    private MonitorProcess(string program)
    {
        _process = Start(program, Machine);
        Stream = new DuplexStream(_process.StandardOutput.BaseStream, _process.StandardInput.BaseStream);
    }

    public DuplexStream Stream { get; }

    /// <summary>Starts <c>qemu</c> or <c>qmpd</c>; ends the test if it is not there.</summary>
    public static MonitorProcess Start(string kind)
    {
        if (kind == "qmpd") return new MonitorProcess(Qmpd());
        if (Problem() is { } problem)
        {
            if (Environment.GetEnvironmentVariable(Switch) == "1") Assert.Fail($"{problem}, and {Switch} is 1");
            Assert.Ignore(problem);
        }

        return new MonitorProcess(Qemu);
    }

    public void Kill() => _process.Kill();

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static Process Start(string program, string[] arguments) => Process.Start(
        new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;

    /// <summary>The environment names it, or it is built together with the tests, beside them.</summary>
    private static string Qmpd()
    {
        if (Environment.GetEnvironmentVariable("QMPD") is { Length: > 0 } named) return Path.GetFullPath(named);
        string configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        return Path.Combine(AppContext.BaseDirectory, "..", "..", "qmpd", configuration, "qmpd");
    }

    private static string? Problem()
    {
        try
        {
            using Process process = Start(Qemu, ["--version"]);
            string text = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return text.Contains($"version {Version}", StringComparison.Ordinal)
                ? null
                : $"{Qemu} is not {Version}: {text.Split('\n')[0]}";
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return $"{Qemu} is not installed: {e.Message}";
        }
    }
}
