using System.Diagnostics;

namespace Qmp.Libvirt.Tests.Bench;

/// <summary>Programs of libvirt's, run to their end.</summary>
internal static class Virsh
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>Runs a program.</summary>
    /// <returns>Its exit status and all that it printed.</returns>
    public static async Task<(int Status, string Text)> RunAsync(string program, IEnumerable<string> words)
    {
        var start = new ProcessStartInfo(program, words)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LC_ALL"] = "C.UTF-8";
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return (-1, $"{program} {string.Join(' ', words)} did not end: {await output}{await errors}");
        }

        return (process.ExitCode, await output + await errors);
    }
}
