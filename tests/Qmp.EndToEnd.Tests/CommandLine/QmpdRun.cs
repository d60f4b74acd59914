using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading.Channels;
using Qmp.Interop.Emulators;

namespace Qmp.EndToEnd.Tests.CommandLine;

/// <summary>A process of qmpd, and what it prints.</summary>
internal sealed partial class QmpdRun : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _errors = new(); // guards itself
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly Task _copied;

    private QmpdRun(ProcessStartInfo start)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        _process = Process.Start(start)!;
        _copied = CopyErrorsAsync();
    }

    /// <summary>The program.</summary>
    public static string Program => EmulatorPrograms.PathOf(EmulatorKind.Qmpd);

    public int Id => _process.Id;

    /// <summary>What it has printed on standard error.</summary>
    public string Errors
    {
        get
        {
            lock (_errors) return _errors.ToString();
        }
    }

    /// <summary>The next line that it prints on standard error, once it does.</summary>
    public async Task<string> NextErrorAsync() => await _lines.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    /// <summary>Starts it.</summary>
    public static QmpdRun Start(params string[] words) => new(new ProcessStartInfo(Program, words));

    /// <summary>Starts it with another folder for temporary files.</summary>
    public static QmpdRun StartIn(string temporary, params string[] words)
    {
        var start = new ProcessStartInfo(Program, words);
        start.Environment["TMPDIR"] = temporary;
        start.Environment.Remove("DOTNET_EnableDiagnostics");
        return new QmpdRun(start);
    }

    /// <summary>Starts it by a shell, after other commands.</summary>
    /// <param name="before">The commands, such as <c>ulimit -n 80</c>.</param>
    /// <param name="words">Its command line, which the shell does not look at.</param>
    public static QmpdRun StartAfter(string before, params string[] words) =>
        new(new ProcessStartInfo("bash", ["-c", before + "; exec \"$0\" \"$@\"", Program, .. words]));

    /// <summary>Waits until it greets on standard output, where its monitor is.</summary>
    public async Task GreetsAsync()
    {
        string? line = await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience);
        Assert.That(line, Does.StartWith("{\"QMP\""), () => Errors);
    }

    /// <summary>Sends a command and returns the next line that it answers.</summary>
    public async Task<string?> AskAsync(string command)
    {
        await _process.StandardInput.WriteLineAsync(command);
        return await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience);
    }

    /// <summary>Waits for the end.</summary>
    /// <returns>The exit status.</returns>
    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        await _copied.WaitAsync(Patience);
        return _process.ExitCode;
    }

    /// <summary>All that it prints on standard output until its end.</summary>
    public async Task<string> OutputAsync() => await _process.StandardOutput.ReadToEndAsync().WaitAsync(Patience);

    public void Signal(int signal) => Assert.That(Kill(Id, signal), Is.Zero);

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    private async Task CopyErrorsAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            lock (_errors) _errors.Append(line).Append('\n');
            _lines.Writer.TryWrite(line);
        }
    }
}
