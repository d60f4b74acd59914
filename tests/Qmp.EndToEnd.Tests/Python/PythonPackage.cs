using System.ComponentModel;
using System.Diagnostics;

namespace Qmp.EndToEnd.Tests.Python;

/// <summary>QEMU's own Python packages, <c>qemu.qmp</c> and <c>qemu.machine</c>; installed, or in the folder that <c>QMP_PYTHON</c> names.</summary>
internal static class PythonPackage
{
    private const string Variable = "QMP_PYTHON";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly Dictionary<string, Task<string?>> Problems = []; // guards itself

    /// <summary>Skips the test where there is no such package.</summary>
    /// <param name="module">What is imported.</param>
    public static async Task CheckAsync(string module = "qemu.qmp")
    {
        Task<string?>? finding;
        lock (Problems)
        {
            if (!Problems.TryGetValue(module, out finding)) Problems.Add(module, finding = FindProblemAsync(module));
        }

        if (await finding is { } problem) Assert.Ignore(problem);
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

    private static async Task<string?> FindProblemAsync(string module)
    {
        try
        {
            using Process python = Start(Path.GetTempPath(), ["-c", $"import {module}"]);
            await python.WaitForExitAsync();
            return python.ExitCode == 0
                ? null
                : $"there is no package {module}, and {Variable} does not name its folder";
        }
        catch (Win32Exception e)
        {
            return $"there is no python3: {e.Message}";
        }
    }
}
