using System.ComponentModel;
using System.Diagnostics;
using Qmp.Shell.Language;

namespace Qmp.Shell.Interactive;

/// <summary>A program that gets a reply: <c>query-qmp-schema | less</c>.</summary>
internal static class PipedProgram
{
    /// <summary>Runs it with the terminal for itself, until it ends.</summary>
    /// <param name="command">A line of <c>sh</c>.</param>
    /// <param name="input">What it reads.</param>
    /// <exception cref="ShellInputException">It cannot be started.</exception>
    public static async Task RunAsync(string command, string input)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", command]) { RedirectStandardInput = true })!;
            try
            {
                await process.StandardInput.WriteAsync(input);
                await process.StandardInput.WriteAsync('\n');
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It has read enough.
            }

            await process.WaitForExitAsync();
        }
        catch (Win32Exception e)
        {
            throw new ShellInputException($"{command}: {e.Message}");
        }
    }
}
