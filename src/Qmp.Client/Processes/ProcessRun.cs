using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Qmp.Client.Processes;

/// <summary>A process, what it prints, and its end.</summary>
internal sealed class ProcessRun : IDisposable
{
    // From here on .NET's exit codes are signals.
    private const int SignalBase = 128;
    private const int LastSignal = 64;

    /// <summary>A child of the process may hold its standard error open after its end.</summary>
    private static readonly TimeSpan PrintingGrace = TimeSpan.FromMilliseconds(500);

    private readonly Process _process;
    private readonly QemuProcessOptions _options;
    private readonly Lock _gate = new();
    private readonly StringBuilder _errors = new(); // guarded by _gate

    private ProcessRun(Process process, QemuProcessOptions options)
    {
        _process = process;
        _options = options;
        AppDomain.CurrentDomain.ProcessExit += KillAtExit;
        Task printing = Task.WhenAll(
            ReadAsync(process.StandardOutput, isError: false), ReadAsync(process.StandardError, isError: true));
        Exit = WaitAsync(printing);
    }

    public int Id => _process.Id;

    /// <summary>Ends with the exit status; below 0, the signal that ended it.</summary>
    public Task<int> Exit { get; }

    public string StandardError
    {
        get
        {
            lock (_gate) return _errors.ToString();
        }
    }

    /// <exception cref="QemuStartException">There is no such program.</exception>
    public static ProcessRun Start(QemuProcessOptions options, IEnumerable<string> words)
    {
        var info = new ProcessStartInfo(options.Program, words)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = options.WorkingDirectory ?? "",
        };
        foreach ((string name, string? value) in options.Environment) info.Environment[name] = value;
        try
        {
            return new ProcessRun(Process.Start(info)!, options);
        }
        catch (Win32Exception e)
        {
            throw new QemuStartException(options.Program, $"cannot be started: {e.Message}", "", e);
        }
    }

    public void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended.
        }
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= KillAtExit;
        _process.Dispose();
    }

    private void KillAtExit(object? sender, EventArgs e) => Kill();

    private async Task ReadAsync(StreamReader reader, bool isError)
    {
        while (await reader.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            if (isError)
            {
                lock (_gate) _errors.Append(line).Append('\n');
            }

            _options.Printed?.Invoke(line);
        }
    }

    private async Task<int> WaitAsync(Task printing)
    {
        await _process.WaitForExitAsync().ConfigureAwait(false);
        try
        {
            await printing.WaitAsync(PrintingGrace, _options.Client.Time).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or IOException)
        {
            // What there is, is there.
        }

        int code = _process.ExitCode;
        return code is > SignalBase and <= SignalBase + LastSignal ? SignalBase - code : code;
    }
}
