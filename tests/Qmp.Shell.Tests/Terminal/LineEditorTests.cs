using Qmp.Shell.Completion;
using Qmp.Shell.Output;
using Qmp.Shell.Terminal;
using Qmp.Shell.Tests.Support;

namespace Qmp.Shell.Tests.Terminal;

/// <summary>Keys in as bytes, the screen out.</summary>
[TestFixture]
internal sealed class LineEditorTests
{
    private const string Left = "\e[D";
    private const string Home = "\e[H";
    private const string Older = "\e[A";
    private const string Newer = "\e[B";

    private FakeTerminal _terminal = null!;
    private History _history = null!;
    private LineEditor _editor = null!;

    [SetUp]
    public void SetUp()
    {
        _terminal = new FakeTerminal(20);
        _history = new History(null);
        _editor = new LineEditor(_terminal, _history);
    }

    [TearDown]
    public void TearDown() => _editor.Dispose();

    [TestCase("abc", "abc")]
    [TestCase("ac" + Left + "b", "abc")]
    [TestCase("bc" + Home + "a\u0005d", "abcd")]
    [TestCase("abx\u007fc", "abc")]
    [TestCase("axbc" + Home + "\u0006\e[3~", "abc")]
    [TestCase("axbc" + Home + "\u0006\u0004", "abc")]
    [TestCase("one two\u0017\u0017\u0019", "one ")]
    [TestCase("one two\u0015x", "x")]
    [TestCase("one two\eb\u000bx", "one x")]
    [TestCase("one two" + Home + "\ed", " two")]
    [TestCase("one two\e[1;5D\e[1;5Dx", "xone two")]
    [TestCase("a😀b" + Left + "\u007f", "ab")]
    [TestCase("\u007f" + Left + "\e[3~\e[C", "")]
    public async Task Editing(string keys, string line)
    {
        _terminal.Press(keys + "\r");
        Assert.That(await ReadAsync(), Is.EqualTo(line));
    }

    [TestCase("abc", "> abc", 0, 5)]
    [TestCase("abc" + Left, "> abc", 0, 4)]
    [TestCase("0123456789012345678", "> 012345678901234567\n8", 1, 1)]
    [TestCase("012345678901234567", "> 012345678901234567", 1, 0)]
    [TestCase("012345678901234567" + Left, "> 012345678901234567", 0, 19)]
    [TestCase("0123456789012345678" + Home, "> 012345678901234567\n8", 0, 2)]
    [TestCase("漢字", "> 漢字", 0, 6)]
    [TestCase("12345678901234567漢", "> 12345678901234567\n漢", 1, 2)]
    [TestCase("0123456789012345678\u007f\u007f", "> 01234567890123456", 0, 19)]
    public async Task The_screen(string keys, string screen, int row, int column)
    {
        Task<LineRead> reading = _editor.ReadAsync("> ", CancellationToken.None);
        _terminal.Press(keys);
        await _terminal.UntilAsync(text => text == screen && _terminal.Screen.Cursor == (row, column));
        Assert.That(_terminal.IsRaw);
        _terminal.HangUp();
        Assert.That((await reading.Guarded()).End, Is.EqualTo(LineEnd.EndOfInput));
        Assert.That(_terminal.IsRaw, Is.False);
    }

    [Test]
    public async Task What_is_printed_meanwhile_stands_above_the_line()
    {
        Task<LineRead> reading = _editor.ReadAsync("> ", CancellationToken.None);
        _terminal.Press("0123456789012345678901234" + Left);
        await _terminal.UntilAsync(text => text.EndsWith("24\n", StringComparison.Ordinal) || text.Contains("8901234"));
        _editor.Print(Text("first\nsecond"));
        await _terminal.UntilAsync(text => text == "first\nsecond\n> 012345678901234567\n8901234");
        Assert.That(_terminal.Screen.Cursor, Is.EqualTo((3, 6)));
        _terminal.Press("x\r");
        Assert.That((await reading.Guarded()).Text, Is.EqualTo("012345678901234567890123x4"));
        _editor.Print(Text("below"));
        Assert.That(_terminal.Screen.Text, Is.EqualTo("first\nsecond\n> 012345678901234567\n890123x4\nbelow"));
    }

    [Test]
    public async Task A_line_as_long_as_the_screen_leaves_no_empty_row()
    {
        _terminal.Press("012345678901234567\r");
        await ReadAsync();
        _editor.Print(Text("below"));
        Assert.That(_terminal.Screen.Text, Is.EqualTo("> 012345678901234567\nbelow"));
    }

    [Test]
    public async Task Older_and_newer_lines()
    {
        foreach (string line in (string[])["one", "two", "two", " secret", ""])
        {
            _terminal.Press(line + "\r");
            await ReadAsync();
        }

        Assert.That(_history.Lines, Is.EqualTo(["one", "two"]));
        _terminal.Press("three" + Older + Older + Older + "\r");
        Assert.That(await ReadAsync(), Is.EqualTo("one"));
        _terminal.Press("four" + Older + Older + Newer + Newer + Newer + "\r");
        Assert.That(await ReadAsync(), Is.EqualTo("four"));
    }

    [TestCase("\u0012ne\r", "one")]
    [TestCase("\u0012o\u0012\r", "two")]
    [TestCase("\u0012o\u0012\u0012\r", "one")]
    [TestCase("\u0012one\u007f\u007f\u007fthr\r", "three o")]
    [TestCase("\u0012ne" + Home + "x\r", "xone")]
    [TestCase("abc\u0012zzz\r", "abc")]
    public async Task Searching(string keys, string line)
    {
        foreach (string old in (string[])["one", "two", "three o"]) _history.Add(old);
        _terminal.Press(keys);
        Assert.That(await ReadAsync(), Is.EqualTo(line));
    }

    [Test]
    public async Task Searching_shows_what_for()
    {
        _history.Add("query");
        Task<LineRead> reading = _editor.ReadAsync("> ", CancellationToken.None);
        _terminal.Press("\u0012er");
        await _terminal.UntilAsync(text => text == "(search) er: query");
        _terminal.Press("x");
        await _terminal.UntilAsync(text => text.StartsWith("(nothing older) erx:", StringComparison.Ordinal));
        _terminal.Press("\u0003");
        Assert.That((await reading.Guarded()).End, Is.EqualTo(LineEnd.Interrupted));
    }

    [TestCase("on\t", "one ")]
    [TestCase("t\t", "tw")]
    [TestCase("t\t\t", "tw")]
    [TestCase("x\t", "x")]
    [TestCase("a on" + Left + Left + "t\t", "a twon")]
    public async Task Completing(string keys, string line)
    {
        string[] words = ["one", "two", "twin"];
        _editor.Complete = (text, cursor) =>
        {
            int start = text.LastIndexOf(' ', Math.Max(0, cursor - 1)) + 1;
            return new(start, [.. words.Where(w => w.StartsWith(text[start..cursor])).Select(w => new Candidate(w))]);
        };
        _terminal.Press(keys + "\r");
        Assert.That(await ReadAsync(), Is.EqualTo(line));
    }

    [Test]
    public async Task Candidates_are_shown_above_the_line()
    {
        _editor.Complete = (_, _) => new(0, [new("alpha"), new("beta"), new("gamma"), new("delta")]);
        Task<LineRead> reading = _editor.ReadAsync("> ", CancellationToken.None);
        _terminal.Press("\t");
        await _terminal.UntilAsync(text => text == "alpha  gamma\nbeta   delta\n>");
        _editor.Complete = (_, _) => CompletionResult.None;
        _terminal.Press("\t\r");
        await reading.Guarded();
        Assert.That(_terminal.Screen.Bells, Is.EqualTo(1));
    }

    [Test]
    public async Task Interrupting_drops_the_line()
    {
        _terminal.Press("abc\u0003");
        LineRead read = await _editor.ReadAsync("> ", CancellationToken.None).Guarded();
        Assert.That(read, Is.EqualTo(new LineRead(LineEnd.Interrupted, "")));
        Assert.That(_terminal.Screen.Text, Is.EqualTo("> abc^C"));
        Assert.That(_history.Lines, Is.Empty);
    }

    [Test]
    public async Task The_end_of_input_is_a_key_on_an_empty_line()
    {
        _terminal.Press("ab\u0004" + Home + "\u0004\u0004\u0004");
        Assert.That((await _editor.ReadAsync("> ", CancellationToken.None).Guarded()).End, Is.EqualTo(LineEnd.EndOfInput));
    }

    [Test]
    public async Task What_was_typed_ahead_is_for_the_next_line()
    {
        _terminal.Press("one\rtwo\r");
        Assert.That(await ReadAsync(), Is.EqualTo("one"));
        Assert.That(await ReadAsync(), Is.EqualTo("two"));
    }

    [Test]
    public async Task A_terminal_that_does_not_know_its_width_is_taken_for_a_usual_one()
    {
        var terminal = new FakeTerminal(80) { ReportsWidth = false };
        using var editor = new LineEditor(terminal, _history);
        Task<LineRead> reading = editor.ReadAsync("> ", CancellationToken.None);
        string line = string.Concat(Enumerable.Repeat("0123456789", 10));
        foreach (char key in line) terminal.Press(key.ToString());
        await terminal.UntilAsync(text => text == $"> {line[..78]}\n{line[78..]}");
        terminal.Press("\r");
        Assert.That((await reading.Guarded()).Text, Is.EqualTo(line));
        Assert.That(editor.Width, Is.EqualTo(80));
    }

    [Test]
    public async Task Another_width_leaves_nothing_of_the_line_behind([Values(9, 15, 40)] int width, [Values(0, 4)] int left)
    {
        _editor.Print(Text("above"));
        Task<LineRead> reading = _editor.ReadAsync("> ", CancellationToken.None);
        _terminal.Press("0123456789012345678901234" + string.Concat(Enumerable.Repeat(Left, left)));
        await _terminal.UntilAsync(
            text => text.EndsWith("901234", StringComparison.Ordinal) && _terminal.Screen.Cursor == (2, 7 - left));
        _terminal.Resize(width);
        string all = "> 0123456789012345678901234";
        string rows = string.Join('\n', all.Chunk(width).Select(row => new string(row)));
        await _terminal.UntilAsync(text => text == $"above\n{rows}");
        _terminal.Resize(20);
        await _terminal.UntilAsync(text => text == "above\n> 012345678901234567\n8901234");
        _terminal.Press("\r");
        Assert.That((await reading.Guarded()).Text, Is.EqualTo("0123456789012345678901234"));
    }

    [Test]
    public async Task A_suspended_line_is_there_again_below()
    {
        Task<LineRead> reading = _editor.ReadAsync("> ", CancellationToken.None);
        _terminal.Press("abc" + Left + "\u001a");
        await _terminal.UntilAsync(_ => _terminal.Suspensions == 1);
        _terminal.Write("[1]+  Stopped\r\n$ fg\r\n");
        _terminal.Resume();
        await _terminal.UntilAsync(text => text == "> abc\n[1]+  Stopped\n$ fg\n> abc");
        _terminal.Press("x\r");
        Assert.That((await reading.Guarded()).Text, Is.EqualTo("abxc"));
    }

    [TestCase("a\u009b31mb", "a31mb")]
    [TestCase("a\u202eb", "ab")]
    public async Task What_a_terminal_would_obey_is_not_typed(string pasted, string line)
    {
        _terminal.Press(pasted + "\r");
        Assert.That(await ReadAsync(), Is.EqualTo(line));
    }

    [Test]
    public async Task Reading_can_be_given_up()
    {
        using var stop = new CancellationTokenSource();
        Task<LineRead> reading = _editor.ReadAsync("> ", stop.Token);
        _terminal.Press("abc");
        await _terminal.UntilAsync(text => text == "> abc");
        await stop.CancelAsync();
        await reading.FailsWith<OperationCanceledException>();
        Assert.That(_terminal.IsRaw, Is.False);
        _editor.Print(Text("the end"));
        Assert.That(_terminal.Screen.Text, Is.EqualTo("> abc\nthe end"));
    }

    [Test]
    public async Task Clearing_the_screen_keeps_the_line()
    {
        Task<LineRead> reading = _editor.ReadAsync("> ", CancellationToken.None);
        _editor.Print(Text("noise"));
        _terminal.Press("abc\u000c");
        await _terminal.UntilAsync(text => text == "> abc");
        _terminal.Press("\r");
        Assert.That((await reading.Guarded()).Text, Is.EqualTo("abc"));
    }

    [TestCase("", "q")]
    [TestCase(" ", "q")]
    [TestCase("x", "q")]
    [TestCase("xxx", "c")]
    [TestCase("\r", "q")]
    [TestCase("\e[B", "c")]
    [TestCase("\e[B\e[B\e[B", "c")]
    [TestCase("\e", "q")]
    [TestCase("ä", "q")]
    public async Task A_key_that_means_nothing_is_dropped(string stray, string key)
    {
        if (stray.Length > 0) _terminal.Press(stray);
        _terminal.Press(key);
        Assert.That(await ReadKeyAsync(), Is.EqualTo(key[0]));
        _terminal.Press("line\r");
        Assert.That(await ReadAsync(), Is.EqualTo("line"));
    }

    [TestCase("qq", 'q')]
    [TestCase(" q", 'q')]
    [TestCase("\e[Aq\r", 'q')]
    [TestCase(":", ':')]
    [TestCase("x:", ':')]
    public async Task A_key_may_come_with_others(string keys, char key)
    {
        _terminal.Press(keys);
        Assert.That(await ReadKeyAsync(), Is.EqualTo(key));
    }

    [Test]
    public async Task A_key_that_opens_a_line_may_come_with_it()
    {
        _terminal.Press(":stop\r:cont");
        Assert.That(await ReadKeyAsync(), Is.EqualTo(':'));
        Assert.That(await ReadAsync(), Is.EqualTo("stop"));
        _terminal.Press("\r");
        Assert.That(await ReadKeyAsync(), Is.EqualTo(':'));
        Assert.That(await ReadAsync(), Is.EqualTo("cont"));
    }

    [TestCase("query-status\r")]
    [TestCase("cont\r")]
    [TestCase("magic\r")]
    public async Task Text_that_was_typed_ahead_is_no_key_and_for_the_next_line(string text)
    {
        _terminal.Press(text);
        _terminal.Press("x");
        _terminal.Press("q");
        Assert.That(await ReadKeyAsync(), Is.EqualTo('q'));
        Assert.That(await ReadAsync(), Is.EqualTo(text.TrimEnd()));
    }

    [Test]
    public async Task An_end_of_input_while_keys_are_waited_for_ends_the_next_line()
    {
        _terminal.Press("\u0004");
        _terminal.Press("q");
        Assert.That(await ReadKeyAsync(), Is.EqualTo('q'));
        Assert.That((await _editor.ReadAsync("> ", CancellationToken.None).Guarded()).End, Is.EqualTo(LineEnd.EndOfInput));
    }

    [Test]
    public async Task Without_a_terminal_no_key_ever_comes()
    {
        using var stop = new CancellationTokenSource();
        _terminal.HangUp();
        Task<char> key = _editor.ReadKeyAsync("qc", ':', stop.Token);
        await stop.CancelAsync();
        await key.FailsWith<OperationCanceledException>();
        Assert.That((await _editor.ReadAsync("> ", CancellationToken.None).Guarded()).End, Is.EqualTo(LineEnd.EndOfInput));
    }

    [TestCase("", ">")]
    [TestCase("a line\r\n", "a line\n>")]
    [TestCase("no end", "no end\n>")]
    [TestCase("x", "x\n>")]
    [TestCase("0123456789012345678", "0123456789012345678\n>")]
    [TestCase("01234567890123456789", "01234567890123456789\n>")]
    public async Task What_another_program_has_written_stays(string written, string screen)
    {
        using (_editor.Lend()) _terminal.Write(written);
        Task<LineRead> reading = _editor.ReadAsync("> ", CancellationToken.None);
        await _terminal.UntilAsync(text => text == screen);
        _terminal.Press("\r");
        await reading.Guarded();
    }

    private Task<char> ReadKeyAsync() => _editor.ReadKeyAsync("qc", ':', CancellationToken.None).Guarded();

    private static Painted Text(string text) => new Paint(false).Plain(text);

    private async Task<string> ReadAsync()
    {
        LineRead read = await _editor.ReadAsync("> ", CancellationToken.None).Guarded();
        Assert.That(read.End, Is.EqualTo(LineEnd.Entered));
        return read.Text;
    }
}
