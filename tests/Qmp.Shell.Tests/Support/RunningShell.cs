using System.Diagnostics;

namespace Qmp.Shell.Tests.Support;

/// <summary>A shell process that is talked to line by line.</summary>
internal sealed class RunningShell : IAsyncDisposable
{
    private readonly Process _process;

    private RunningShell(Process process) => _process = process;

    public static RunningShell Start(params string[] arguments) => new(Process.Start(
        new ProcessStartInfo(Programs.Shell, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!);

    public async Task TypeAsync(string text)
    {
        await _process.StandardInput.WriteAsync(text);
        await _process.StandardInput.FlushAsync();
    }

    public Task<string?> ReadLineAsync() => _process.StandardOutput.ReadLineAsync().Guarded();

    /// <summary>Ends the input.</summary>
    /// <returns>The exit status.</returns>
    public async Task<int> EndAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync().Guarded();
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
