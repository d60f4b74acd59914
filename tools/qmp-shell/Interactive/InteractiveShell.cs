using System.Runtime.InteropServices;
using Newtonsoft.Json.Linq;
using Qmp.Client;
using Qmp.Protocol.Messages;
using Qmp.Shell.Completion;
using Qmp.Shell.Language;
using Qmp.Shell.Output;
using Qmp.Shell.Schema;
using Qmp.Shell.Scripts;
using Qmp.Shell.Session;
using Qmp.Shell.Terminal;
using Qmp.Shell.Watch;

namespace Qmp.Shell.Interactive;

/// <summary>Talks to somebody at a terminal.</summary>
internal sealed class InteractiveShell : IWatchKeys
{
    private const string TransactionPrompt = "TRANS> ";
    private const string MorePrompt = "... ";
    private const string WatchPrompt = "(watching) ";
    private const string Pretty = ":pretty";

    /// <summary>What each key does while a migration is watched.</summary>
    private const string Keys = "qcp";

    private const char CommandKey = ':';

    private const string KeysHint = "q leaves, c cancels, p starts postcopy, : runs a command";

    private readonly SessionSet _sessions;
    private readonly ShellSettings _settings;
    private readonly ILineReader _screen;
    private readonly Paint _paint;
    private readonly Dictionary<ShellSession, EventPrinter> _events;
    private readonly LineCollector _lines = new();
    private readonly TransactionInput _transaction = new();
    private ReplyText _replies;
    private bool _isPretty;
    private volatile CancellationTokenSource? _running;

    public InteractiveShell(ShellSession session, ShellSettings settings, ILineReader screen, Paint paint)
        : this(new SessionSet([("", session)]), settings, screen, paint)
    {
    }

    public InteractiveShell(SessionSet sessions, ShellSettings settings, ILineReader screen, Paint paint)
    {
        _sessions = sessions;
        _settings = settings;
        _screen = screen;
        _paint = paint;
        _isPretty = settings.Pretty;
        _replies = new ReplyText(_isPretty);
        _events = sessions.All.ToDictionary(s => s, s => new EventPrinter(
            s.Events, screen, () => _replies, paint, whole: settings.Verbose, Prefix(s)));
    }

    /// <summary>The shell's own commands.</summary>
    public static IReadOnlyList<string> Builtins { get; } =
        [CommandCompleter.Help, ScriptRunner.Exit, ScriptRunner.Watch, Pretty];

    /// <summary>Runs until the user leaves or the last server does.</summary>
    /// <returns>The exit status.</returns>
    public async Task<int> RunAsync()
    {
        foreach (ShellSession session in _sessions.All) ShowBanner(session);
        if (!_settings.HumanMonitor) _screen.Print(_paint.Note("Tab completes, 'help' helps, Ctrl-D leaves."));
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            context.Cancel = true;
            _running?.Cancel();
        });
        using var ended = new CancellationTokenSource();
        Task<string?>[] serving = [.. _sessions.All.Select(s => FollowAsync(s, ended))];
        try
        {
            while (true)
            {
                LineRead read = await _screen.ReadAsync(CurrentPrompt(), ended.Token);
                if (read.End == LineEnd.EndOfInput) return ExitStatus.Success;
                if (read.End == LineEnd.Interrupted)
                {
                    _lines.Reset();
                    _transaction.Reset();
                }
                else if (!await TakeAsync(read.Text))
                {
                    return ExitStatus.Success;
                }
            }
        }
        catch (OperationCanceledException)
        {
            foreach (string? end in await Task.WhenAll(serving))
            {
                if (end is not null) _screen.Print(_paint.Note(end));
            }

            return ExitStatus.Success;
        }
    }

    /// <summary>What may stand at the cursor, for the server that the line is for.</summary>
    public CompletionResult Complete(string text, int cursor)
    {
        ShellSession session;
        int start;
        try
        {
            (session, start) = _sessions.Find(text);
        }
        catch (ShellInputException)
        {
            (session, start) = (_sessions.Current, 0);
        }

        if (_sessions.IsMany && text.StartsWith(SessionSet.Mark) && cursor <= text.TrimEnd().Length && !text[..cursor].Contains(' '))
        {
            return new(0, [.. _sessions.Names.Select(n => $"@{n}").Where(n => n.StartsWith(text[..cursor], StringComparison.Ordinal))
                .Select(n => new Candidate(n))]);
        }

        // Negotiating by hand, the schema comes later.
        return session.Schema is { } schema
            ? new CommandCompleter(schema, Builtins, new ServerNames(session).Of).Complete(new string(' ', start) + text[start..], cursor)
            : CompletionResult.None;
    }

    Task<WatchRequest> IWatchKeys.NextAsync(CancellationToken cancellationToken) => NextKeyAsync(cancellationToken);

    async Task IWatchKeys.RunCommandAsync()
    {
        LineRead read = await _screen.ReadAsync(WatchPrompt, CancellationToken.None);
        if (read.End != LineEnd.Entered || CommandParser.IsBlank(read.Text)) return;
        try
        {
            (ShellSession session, string text) = _sessions.Choose(read.Text);
            ParsedCommand command = CommandReader.Read(text, session.Schema);
            if (command.IsWatched) throw new ShellInputException($"{command.Name}: one is watched already");
            await SendAsync(session, command, null, CancellationToken.None);
        }
        catch (Exception e) when (e is ShellInputException or QmpException)
        {
            _screen.Print(_paint.Error(ForeignText.OneLine(e.Message)));
        }
    }

    private async Task<WatchRequest> NextKeyAsync(CancellationToken cancellationToken) =>
        await _screen.ReadKeyAsync(Keys, CommandKey, cancellationToken) switch
        {
            'q' => WatchRequest.Leave,
            'c' => WatchRequest.Cancel,
            'p' => WatchRequest.StartPostcopy,
            _ => WatchRequest.Command,
        };

    private string Prefix(ShellSession session) => _sessions.IsMany ? $"{_sessions.NameOf(session)}: " : "";

    // Prints the events of a server, and its end. That of the last one is left to the caller: a reply may have to be shown before it.
    private async Task<string?> FollowAsync(ShellSession session, CancellationTokenSource ended)
    {
        string prefix = Prefix(session);
        await _events[session].RunAsync();
        QmpDisconnect end = await session.Connection.Completion;
        string text = $"{prefix}The connection has ended: {end.Description}.";
        if (_sessions.Remove(session))
        {
            _screen.Print(_paint.Note(text));
            return null;
        }

        await ended.CancelAsync();
        return text;
    }

    private void ShowBanner(ShellSession session)
    {
        QmpVersion? version = session.Connection.Greeting.Version;
        _screen.Print(_paint.Plain(Prefix(session) + (version is null
            ? "Connected."
            : $"Connected to QEMU {version.Major}.{version.Minor}.{version.Micro}"
                + (version.Package.Length > 0 ? $" ({ForeignText.OneLine(version.Package)})" : ""))));
        if (!_settings.HumanMonitor && session.Schema is null)
        {
            _screen.Print(_paint.Note("The server does not tell its schema: nothing is checked or completed."));
        }
    }

    private string CurrentPrompt() => _lines.IsOpen ? MorePrompt
        : _transaction.IsOpen ? TransactionPrompt
        : _sessions.IsMany ? $"({_sessions.NameOf(_sessions.Current)}) "
        : _settings.HumanMonitor ? "(HMP) "
        : "(QEMU) ";

    /// <returns>Whether to go on.</returns>
    private async Task<bool> TakeAsync(string line)
    {
        using var running = new CancellationTokenSource();
        _running = running;
        try
        {
            if (line.Trim() == ScriptRunner.Exit) return false;
            if (_settings.HumanMonitor) await RunHumanAsync(line, running.Token);
            else if (_lines.Add(line) is { } text && !CommandParser.IsBlank(text)) await RunAsync(text, running.Token);
        }
        catch (ShellInputException e)
        {
            _screen.Print(_paint.Error(e.Message));
        }
        catch (QmpDisconnectedException)
        {
            // The reader learns that, too, and tells.
        }
        catch (QmpException e)
        {
            FlushEvents();
            _screen.Print(_paint.Error(ForeignText.OneLine(e.Message)));
        }
        catch (OperationCanceledException)
        {
            _screen.Print(_paint.Note("Given up waiting; the reply will be dropped."));
        }
        finally
        {
            _running = null;
        }

        return true;
    }

    private async Task RunAsync(string whole, CancellationToken cancellationToken)
    {
        (ShellSession session, string addressed) = _sessions.Choose(whole);
        if (CommandParser.IsBlank(addressed)) return;
        string text = PipeSuffix.Cut(addressed, out string? program);
        IReadOnlyList<Word> words = WordScanner.Scan(text);
        switch (words[0].Text)
        {
            case CommandCompleter.Help or "?":
                await ShowAsync(_paint.Plain(Help(session, [.. words.Skip(1)])), program);
                return;
            case Pretty:
                _isPretty = !_isPretty;
                _replies = new ReplyText(_isPretty);
                return;
            case ScriptRunner.Watch:
                await WatchAsync(session, null, [], cancellationToken);
                return;
            case EventExpectation.Keyword or ErrorExpectation.Keyword:
                throw new ShellInputException($"{words[0].Text}: it is for scripts; here, events are shown as they come");
        }

        ParsedCommand? command = _transaction.IsOpen || TransactionInput.Begins(text)
            ? _transaction.Add(text)
            : CommandReader.Read(text, session.Schema);
        if (command is null) return;
        if (command.IsWatched) await WatchAsync(session, command, session.Check(command), cancellationToken);
        else await SendAsync(session, command, program, cancellationToken);
    }

    private async Task SendAsync(
        ShellSession session, ParsedCommand command, string? program, CancellationToken cancellationToken)
    {
        JObject arguments = session.Check(command);
        if (_settings.Verbose)
        {
            _screen.Print(_paint.Plain(_replies.Request(command.Name, command.OutOfBand, arguments)));
        }

        try
        {
            JToken result = await session.ExecuteAsync(command, arguments, cancellationToken);
            FlushEvents();
            await ShowAsync(_paint.Plain(_replies.Return(result, command.Id)), program);
        }
        catch (QmpCommandException e)
        {
            FlushEvents();
            _screen.Print(_paint.Error(_replies.Error(e, command.Id)));
        }
    }

    private async Task ShowAsync(Painted text, string? program)
    {
        if (program is null)
        {
            _screen.Print(text);
            return;
        }

        foreach (EventPrinter events in _events.Values) events.Hold();
        try
        {
            using IDisposable? lent = _screen.Lend();
            await PipedProgram.RunAsync(program, text.Text);
        }
        finally
        {
            foreach (EventPrinter events in _events.Values) events.Release(shown: "");
        }
    }

    private string Help(ShellSession session, Word[] words) => words.Length == 0
        ? SchemaHelp.Overview(session.Schema, _screen.Width)
        : session.Schema is { } schema
            ? new SchemaHelp(schema, _screen.Width).Describe(words)
            : "The server does not tell its schema.";

    /// <param name="session">The source.</param>
    /// <param name="command">What starts the migration; <see langword="null"/> if it runs already.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="cancellationToken">Ctrl-C.</param>
    private async Task WatchAsync(
        ShellSession session, ParsedCommand? command, JObject arguments, CancellationToken cancellationToken)
    {
        Painted summary;
        foreach (EventPrinter events in _events.Values) events.Hold();
        try
        {
            var watch = new MigrationWatch(session, MigrationView.Create(new EscapingWriter(Console.Out), KeysHint), this);
            WatchOutcome outcome = command is null
                ? await watch.FollowAsync(cancellationToken)
                : await watch.RunAsync(command, arguments, cancellationToken);
            string text = ForeignText.OneLine(outcome.Summary);
            summary = outcome.IsSuccess ? _paint.Plain(text) : _paint.Error(text);
        }
        catch (OperationCanceledException)
        {
            summary = _paint.Error("The migration was cancelled.");
        }
        finally
        {
            foreach (EventPrinter events in _events.Values) events.Release(shown: "MIGRATION_PASS");
        }

        _screen.Print(summary);
    }

    private async Task RunHumanAsync(string whole, CancellationToken cancellationToken)
    {
        (ShellSession session, string addressed) = _sessions.Choose(whole);
        string line = addressed.Trim();
        if (line.Length == 0) return;
        string text = await session.ExecuteHumanAsync(line, cancellationToken);
        FlushEvents();
        if (text.Length > 0) _screen.Print(_paint.Plain(text.TrimEnd().ReplaceLineEndings("\n")));
    }

    private void FlushEvents()
    {
        foreach (EventPrinter events in _events.Values) events.Flush();
    }
}
