using System.Diagnostics;
using Qmp.Conversations.Interop;

namespace Qmp.Conversations.Targets;

/// <summary>An emulator that is a process.</summary>
internal sealed class ProcessVm : ITargetVm
{
    /// <summary>From here on .NET's exit codes are signals, up to <see cref="LastSignal"/>.</summary>
    private const int SignalBase = 128;
    private const int LastSignal = 64;

    private readonly Process _process;
    private readonly string _printed;
    private int _disposed;

    public ProcessVm(Process process, string printed)
    {
        _process = process;
        _printed = printed;
        Exit = WaitAsync();
    }

    public Task<int> Exit { get; }

    public string StandardError => File.Exists(_printed) ? File.ReadAllText(_printed) : "";

    public ValueTask<ITargetConnection?> ConnectAsync(string path) => SocketTargetConnection.TryConnectAsync(path);

    public void Kill() => LibC.KillGroup(_process.Id);

    public void Terminate()
    {
        if (!Exit.IsCompleted) LibC.Terminate(_process.Id);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        // Its children, too, which may outlive it.
        Kill();
        await Exit.ConfigureAwait(false);
        _process.Dispose();
    }

    private async Task<int> WaitAsync()
    {
        await _process.WaitForExitAsync().ConfigureAwait(false);
        int code = _process.ExitCode;
        return code is > SignalBase and <= SignalBase + LastSignal ? SignalBase - code : code;
    }
}
