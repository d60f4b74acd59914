using System.Diagnostics;

namespace Qmp.Shell.Tests.Support;

/// <summary>What a shell that was started as a process has printed and returned.</summary>
internal sealed record ShellRun(int Status, string Output, string Error)
{
    /// <summary>The lines of standard output.</summary>
    public IReadOnlyList<string> Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Runs a shell without a terminal.</summary>
    public static Task<ShellRun> RunAsync(params string[] arguments) => RunAsync(input: "", arguments);

    /// <summary>Runs a shell with something on its standard input.</summary>
    public static async Task<ShellRun> RunAsync(
        string input, string[] arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(Programs.Shell, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> error = process.StandardError.ReadToEndAsync();
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            await process.WaitForExitAsync().Guarded();
            return new(process.ExitCode, await output, await error);
        }
        catch
        {
            process.Kill();
            throw;
        }
    }
}
