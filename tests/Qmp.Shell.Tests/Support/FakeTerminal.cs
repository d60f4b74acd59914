using System.Text;
using System.Threading.Channels;
using Qmp.Shell.Terminal;

namespace Qmp.Shell.Tests.Support;

/// <summary>A terminal whose keys a test presses.</summary>
internal sealed class FakeTerminal(int width) : ITerminal
{
    private readonly Channel<byte[]> _keys = Channel.CreateUnbounded<byte[]>();
    private readonly Lock _gate = new(); // guards _screen and _waits
    private readonly VirtualScreen _screen = new(width);
    private readonly List<(Func<string, bool> Condition, TaskCompletionSource Met)> _waits = [];

    private readonly StringBuilder _written = new(); // guarded by _gate
    private int _width = width;

    public event Action? Resized;

    public event Action? Resumed;

    public int Width => ReportsWidth ? _width : 0;

    /// <summary>Whether it tells its width.</summary>
    public bool ReportsWidth { get; init; } = true;

    /// <summary>How often the process was to be stopped.</summary>
    public int Suspensions { get; private set; }

    /// <summary>All that was ever written, escape sequences included.</summary>
    public string Written
    {
        get
        {
            lock (_gate) return _written.ToString();
        }
    }

    /// <summary>Whether keys come unprocessed.</summary>
    public bool IsRaw { get; private set; }

    public VirtualScreen Screen => _screen;

    public IDisposable EnterRawMode()
    {
        IsRaw = true;
        return new Raw(this);
    }

    public IDisposable Lend() => EnterRawMode();

    public async ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        if (!await _keys.Reader.WaitToReadAsync()) return 0;
        byte[] bytes = await _keys.Reader.ReadAsync();
        bytes.CopyTo(buffer);
        return bytes.Length;
    }

    public void Write(string text)
    {
        lock (_gate)
        {
            _written.Append(text);
            _screen.Write(text);
            _waits.RemoveAll(w => w.Condition(_screen.Text) && w.Met.TrySetResult());
        }
    }

    public void Press(string keys) => _keys.Writer.TryWrite(Encoding.UTF8.GetBytes(keys));

    public void HangUp() => _keys.Writer.Complete();

    public void Resize(int columns)
    {
        lock (_gate) _screen.Resize(columns);
        _width = columns;
        Resized?.Invoke();
    }

    public void Suspend()
    {
        Suspensions++;
        Write("");
    }

    public void Resume() => Resumed?.Invoke();

    /// <summary>Waits until the screen looks a certain way.</summary>
    public async Task UntilAsync(Func<string, bool> condition)
    {
        var met = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (condition(_screen.Text)) return;
            _waits.Add((condition, met));
        }

        try
        {
            await met.Task.Guarded();
        }
        catch (TimeoutException)
        {
            lock (_gate) Assert.Fail($"the screen stays\n{_screen.Text}");
        }
    }

    private sealed class Raw(FakeTerminal terminal) : IDisposable
    {
        public void Dispose() => terminal.IsRaw = false;
    }
}
