using System.Diagnostics;

namespace Qmp.Benchmarks.Measuring;

/// <summary>A server as a process of its own, killed when disposed of.</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process) => _process = process;

    public static ServerProcess Start(string program, params IEnumerable<string> words)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardError = true };
        foreach (string word in words) start.ArgumentList.Add(word);
        Process process = Process.Start(start)!;
        process.ErrorDataReceived += (_, e) =>
        {
            if (e.Data is not null) Console.Error.WriteLine(e.Data);
        };
        process.BeginErrorReadLine();
        return new ServerProcess(process);
    }

    public int Id => _process.Id;

    /// <summary>Processor time that it has used so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Resident memory in bytes.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
