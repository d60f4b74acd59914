using System.ComponentModel;
using System.Diagnostics;

namespace Qmp.EndToEnd.Tests.Python;

/// <summary>QEMU's own client, the package <c>qemu.qmp</c>; installed, or in the folder that <c>QMP_PYTHON</c> names.</summary>
internal static class PythonPackage
{
    private const string Variable = "QMP_PYTHON";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly Lazy<Task<string?>> Problem = new(FindProblemAsync);

    /// <summary>Skips the test where there is no such package.</summary>
    public static async Task CheckAsync()
    {
        if (await Problem.Value is { } problem) Assert.Ignore(problem);
    }

    /// <summary>Runs a script or module of it, and fails the test if that fails.</summary>
    /// <param name="folder">The home folder.</param>
    /// <param name="words">The words after <c>python3</c>.</param>
    /// <param name="input">The lines that it reads.</param>
    /// <returns>The lines that it printed.</returns>
    public static async Task<string[]> RunAsync(string folder, string[] words, params string[] input)
    {
        using Process python = Start(folder, words);
        Task<string> output = python.StandardOutput.ReadToEndAsync();
        Task<string> errors = python.StandardError.ReadToEndAsync();
        try
        {
            foreach (string line in input) await python.StandardInput.WriteLineAsync(line);
            python.StandardInput.Close();
            await python.WaitForExitAsync().WaitAsync(Patience);
        }
        catch
        {
            python.Kill();
            TestContext.Out.WriteLine($"{await output}\n{await errors}");
            throw;
        }

        Assert.That(python.ExitCode, Is.Zero, await errors);
        return (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static Process Start(string folder, string[] words)
    {
        var start = new ProcessStartInfo("python3", words)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["HOME"] = folder;
        if (Environment.GetEnvironmentVariable(Variable) is { } path) start.Environment["PYTHONPATH"] = path;
        return Process.Start(start)!;
    }

    private static async Task<string?> FindProblemAsync()
    {
        try
        {
            using Process python = Start(Path.GetTempPath(), ["-c", "import qemu.qmp"]);
            await python.WaitForExitAsync();
            return python.ExitCode == 0
                ? null
                : $"there is no package qemu.qmp, and {Variable} does not name its folder";
        }
        catch (Win32Exception e)
        {
            return $"there is no python3: {e.Message}";
        }
    }
}
