using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Qmp.Shell.Terminal;

/// <summary>The terminal that the process was started on: descriptors 0 and 1.</summary>
/// <remarks>
/// While it is there the terminal is never in its usual modes: what is typed while nobody reads is kept as it is, the
/// end of input included. They come back when it is disposed, when the process is stopped, and when a signal ends it.
/// </remarks>
[UnsupportedOSPlatform("windows")]
internal sealed class UnixTerminal : ITerminal, IDisposable
{
    private const byte EndOfInput = 0x04;

    // The console's own stream would read whole lines.
    private readonly FileStream _input = new(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);
    private readonly Stream _output = Console.OpenStandardOutput();
    private readonly List<PosixSignalRegistration> _signals = [];
    private readonly byte[]? _usual = TerminalModes.Get();
    private readonly Lock _gate = new(); // guards the modes: all that follows
    private byte[]? _modes;
    private bool _isDisposed;

    // Bytes at the beginning that were typed in the usual modes. There, Ctrl-D puts a zero byte into the input.
    private int _typedBefore;

    public UnixTerminal()
    {
        if (_usual is not null)
        {
            SetModes(TerminalModes.TypeAhead(_usual));
            _typedBefore = TerminalModes.Waiting();
        }

        On(PosixSignal.SIGWINCH, _ => Resized?.Invoke());
        On(PosixSignal.SIGCONT, _ => Resume());
        foreach (PosixSignal end in (PosixSignal[])[PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT])
        {
            On(end, _ => Restore());
        }

        if (!OperatingSystem.IsLinux()) return;
        On(PosixSignal.SIGTSTP, context =>
        {
            context.Cancel = true;
            Restore();
            TerminalModes.StopHere();
            Resume();
        });
    }

    public event Action? Resized;

    public event Action? Resumed;

    public int Width => TerminalModes.Columns();

    public IDisposable EnterRawMode()
    {
        if (_usual is null) return new Leaving(this, null);
        SetModes(TerminalModes.Raw(_usual));
        return new Leaving(this, TerminalModes.TypeAhead(_usual));
    }

    public IDisposable? Lend()
    {
        Restore();
        return new Lent(this);
    }

    // A terminal cannot be read asynchronously; the read ends with the next key.
    public async ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        int count = await Task.Run(() => _input.Read(buffer.Span));
        int before = Math.Min(count, _typedBefore);
        buffer.Span[..before].Replace((byte)0, EndOfInput);
        _typedBefore -= before;
        return count;
    }

    public void Write(string text)
    {
        _output.Write(Encoding.UTF8.GetBytes(text));
        _output.Flush();
    }

    // The signal is for the whole job, a script that has started the shell included.
    public void Suspend() => TerminalModes.StopJob();

    public void Dispose()
    {
        foreach (PosixSignalRegistration signal in _signals) signal.Dispose();
        lock (_gate) _isDisposed = true;
        Restore();
        // The input is left alone: somebody may still wait for a key.
        _output.Dispose();
    }

    private void On(PosixSignal signal, Action<PosixSignalContext> handler) =>
        _signals.Add(PosixSignalRegistration.Create(signal, handler));

    private void SetModes(byte[] modes)
    {
        lock (_gate)
        {
            _modes = modes;
            if (!_isDisposed) TerminalModes.Set(modes);
        }
    }

    private void Restore()
    {
        if (_usual is not null) TerminalModes.Set(_usual);
    }

    private void Resume()
    {
        lock (_gate)
        {
            if (_isDisposed) return;
            if (_modes is not null) TerminalModes.Set(_modes);
        }

        Resumed?.Invoke();
    }

    private sealed class Lent(UnixTerminal terminal) : IDisposable
    {
        public void Dispose()
        {
            lock (terminal._gate)
            {
                if (terminal is { _isDisposed: false, _modes: { } modes }) TerminalModes.Set(modes);
            }
        }
    }

    private sealed class Leaving(UnixTerminal terminal, byte[]? modes) : IDisposable
    {
        public void Dispose()
        {
            if (modes is not null) terminal.SetModes(modes);
        }
    }
}
