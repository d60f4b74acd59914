using Qmp.Shell.Completion;
using Qmp.Shell.Output;

namespace Qmp.Shell.Terminal;

/// <summary>Edits a line at a time on a terminal; others may print above it meanwhile.</summary>
/// <param name="terminal">The terminal.</param>
/// <param name="history">The lines of before.</param>
internal sealed class LineEditor(ITerminal terminal, History history) : ILineReader, IDisposable
{
    private readonly Lock _gate = new(); // guards what is on the screen: all that follows
    private readonly KeyDecoder _decoder = new();
    private readonly LineBuffer _line = new();
    private readonly LineScreen _screen = new(terminal);
    private readonly byte[] _input = new byte[256];
    private int _at;
    private int _end;
    private readonly Queue<byte> _ahead = new(); // what was typed while keys were waited for, for the next line
    private Task<int>? _reading; // one that was given up, and will bring what is typed next
    private string _prompt = "";
    private bool _isReading;
    private int _place;
    private string _unfinished = "";
    private HistorySearch? _search;
    private bool _isSubscribed;

    /// <summary>Finds out what may stand at the cursor.</summary>
    public Func<string, int, CompletionResult> Complete { get; set; } = (_, _) => CompletionResult.None;

    public int Width => _screen.Width;

    public async Task<LineRead> ReadAsync(string prompt, CancellationToken cancellationToken)
    {
        using IDisposable raw = terminal.EnterRawMode();
        lock (_gate) Begin(prompt);
        try
        {
            while (true)
            {
                if (_ahead.Count == 0 && _at == _end)
                {
                    await FillAsync(cancellationToken);
                    if (_end == 0) return new(LineEnd.EndOfInput, "");
                }

                byte next = _ahead.Count > 0 ? _ahead.Dequeue() : _input[_at++];
                lock (_gate)
                {
                    if (Press(_decoder.Feed(next)) is { } result) return result;
                }
            }
        }
        catch (OperationCanceledException)
        {
            lock (_gate) Finish(LineEnd.EndOfInput, _line.Text);
            throw;
        }
        finally
        {
            lock (_gate) _isReading = false;
        }
    }

    public async Task<char> ReadKeyAsync(string keys, char opening, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_at == _end) await FillAsync(cancellationToken);
            if (_end == 0) return await new TaskCompletionSource<char>().Task.WaitAsync(cancellationToken);
            LoneKey typed = LoneKey.Of(_input.AsSpan(_at, _end - _at), keys, opening);
            if (typed.IsForLine)
            {
                foreach (byte value in _input.AsSpan(_at, typed.Length)) _ahead.Enqueue(value);
            }

            _at += typed.Length;
            if (typed.Key is { } key) return key;
        }
    }

    public IDisposable? Lend()
    {
        IDisposable? lent = terminal.Lend();
        return lent is null ? null : new Lent(this, lent);
    }

    public void Print(Painted lines)
    {
        string text = lines.Text.ReplaceLineEndings("\r\n") + "\r\n";
        lock (_gate)
        {
            if (!_isReading)
            {
                terminal.Write(text);
                return;
            }

            _screen.Replace(text);
            Draw();
        }
    }

    public void Dispose()
    {
        terminal.Resized -= DrawAgain;
        terminal.Resumed -= DrawBelow;
    }

    private async Task FillAsync(CancellationToken cancellationToken)
    {
        _reading ??= terminal.ReadAsync(_input).AsTask();
        int count = await _reading.WaitAsync(cancellationToken);
        _reading = null;
        (_at, _end) = (0, count);
    }

    private void Begin(string prompt)
    {
        Subscribe();
        _prompt = prompt;
        _line.Set("");
        _place = history.Lines.Count;
        _unfinished = "";
        _search = null;
        _isReading = true;
        Draw();
    }

    private void Subscribe()
    {
        if (_isSubscribed) return;
        _isSubscribed = true;
        terminal.Resized += DrawAgain;
        terminal.Resumed += DrawBelow;
    }

    private void DrawAgain()
    {
        lock (_gate)
        {
            if (_isReading) Draw();
        }
    }

    private void DrawBelow()
    {
        lock (_gate)
        {
            if (!_isReading) return;
            _screen.Forget();
            Draw();
        }
    }

    private LineRead? Press(KeyPress press)
    {
        if (press.Key == Key.None) return null;
        if (_search is not null && _search.Press(press, _line))
        {
            Draw();
            return null;
        }

        _search = null;
        switch (press.Key)
        {
            case Key.Enter: return Finish(LineEnd.Entered, _line.Text);
            case Key.Interrupt: return Finish(LineEnd.Interrupted, _line.Text + "^C");
            case Key.EndOfInput when _line.Text.Length == 0: return Finish(LineEnd.EndOfInput, "");
            case Key.EndOfInput: _line.TryEdit(new(Key.EraseForward)); break;
            case Key.Older: Recall(_place - 1); break;
            case Key.Newer: Recall(_place + 1); break;
            case Key.Search: _search = new HistorySearch(history); break;
            case Key.ClearScreen: _screen.Replace("\e[H\e[2J"); break;
            case Key.Complete: CompleteHere(); break;
            case Key.Suspend:
                // The line is drawn again when the process goes on.
                _screen.Finish(_prompt, _line.Text);
                terminal.Suspend();
                return null;
            default: _line.TryEdit(press); break;
        }

        Draw();
        return null;
    }

    private LineRead Finish(LineEnd end, string shown)
    {
        _screen.Finish(_prompt, shown);
        _isReading = false;
        if (end == LineEnd.Entered) history.Add(_line.Text);
        return new(end, end == LineEnd.Entered ? _line.Text : "");
    }

    private void Draw()
    {
        if (_search is { } search) _screen.Draw(search.Prompt, _line.Text, _line.Cursor);
        else _screen.Draw(_prompt, _line.Text, _line.Cursor);
    }

    private void Recall(int place)
    {
        if (place < 0 || place > history.Lines.Count) return;
        if (_place == history.Lines.Count) _unfinished = _line.Text;
        _place = place;
        _line.Set(place == history.Lines.Count ? _unfinished : history.Lines[place]);
    }

    private void CompleteHere()
    {
        // The server's names: what a terminal would obey is shown, and typed, as an escape.
        CompletionResult result = Complete(_line.Text, _line.Cursor).Select(ForeignText.OneLine);
        if (result.Candidates is [var only])
        {
            _line.ReplaceBack(result.Start, only.Text + only.Suffix);
            return;
        }

        string typed = _line.Text[result.Start.._line.Cursor];
        string common = Columns.CommonStart([.. result.Candidates.Select(c => c.Text)]);
        if (common.Length > typed.Length) _line.ReplaceBack(result.Start, common);
        else if (result.Candidates.Count == 0) terminal.Write("\a");
        else _screen.Replace(Columns.Lay(result.Candidates.Select(c => c.Label), Width, "\r\n"));
    }

    private sealed class Lent(LineEditor editor, IDisposable terminal) : IDisposable
    {
        public void Dispose()
        {
            terminal.Dispose();
            lock (editor._gate) editor._screen.BeginRow();
        }
    }
}
