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
internal sealed class InteractiveShell
{
    private const string Prompt = "(QEMU) ";
    private const string TransactionPrompt = "TRANS> ";
    private const string MorePrompt = "... ";
    private const string Exit = "exit";

    private readonly ShellSession _session;
    private readonly ShellSettings _settings;
    private readonly ILineReader _screen;
    private readonly Paint _paint;
    private readonly ReplyText _replies;
    private readonly EventPrinter _events;
    private readonly LineCollector _lines = new();
    private readonly TransactionInput _transaction = new();
    private volatile CancellationTokenSource? _running;

    public InteractiveShell(ShellSession session, ShellSettings settings, ILineReader screen, Paint paint)
    {
        _session = session;
        _settings = settings;
        _screen = screen;
        _paint = paint;
        _replies = new ReplyText(settings.Pretty);
        _events = new EventPrinter(session.Events, screen, _replies, paint, whole: settings.Verbose);
    }

    /// <summary>The shell's own commands.</summary>
    public static IReadOnlyList<string> Builtins { get; } = [CommandCompleter.Help, Exit];

    /// <summary>Runs until the user leaves or the server does.</summary>
    /// <returns>The exit status.</returns>
    public async Task<int> RunAsync()
    {
        ShowBanner();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            context.Cancel = true;
            _running?.Cancel();
        });
        using var ended = new CancellationTokenSource();
        Task<QmpDisconnect> completion = _session.Connection.Completion;
        _ = completion.ContinueWith(_ => ended.Cancel(), TaskScheduler.Default);
        Task printing = _events.RunAsync();
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
            await printing;
            _screen.Print(_paint.Note($"The connection has ended: {(await completion).Description}."));
            return ExitStatus.Success;
        }
    }

    private void ShowBanner()
    {
        QmpVersion? version = _session.Connection.Greeting.Version;
        _screen.Print(_paint.Plain(version is null
            ? "Connected."
            : $"Connected to QEMU {version.Major}.{version.Minor}.{version.Micro}"
                + (version.Package.Length > 0 ? $" ({ForeignText.OneLine(version.Package)})" : "")));
        if (!_settings.HumanMonitor) _screen.Print(_paint.Note("Tab completes, 'help' helps, Ctrl-D leaves."));
        if (!_settings.HumanMonitor && _session.Schema is null)
        {
            _screen.Print(_paint.Note("The server does not tell its schema: nothing is checked or completed."));
        }
    }

    private string CurrentPrompt() =>
        _lines.IsOpen ? MorePrompt : _transaction.IsOpen ? TransactionPrompt : Prompt;

    /// <returns>Whether to go on.</returns>
    private async Task<bool> TakeAsync(string line)
    {
        using var running = new CancellationTokenSource();
        _running = running;
        try
        {
            if (line.Trim() == Exit) return false;
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
            _events.Flush();
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

    private async Task RunAsync(string text, CancellationToken cancellationToken)
    {
        IReadOnlyList<Word> words = WordScanner.Scan(text);
        switch (words[0].Text)
        {
            case CommandCompleter.Help or "?":
                Help([.. words.Skip(1)]);
                return;
            case EventExpectation.Keyword or ScriptRunner.ExpectError:
                throw new ShellInputException($"{words[0].Text}: it is for scripts; here, events are shown as they come");
        }

        ParsedCommand? command = _transaction.IsOpen || TransactionInput.Begins(text)
            ? _transaction.Add(text)
            : CommandReader.Read(text, _session.Schema);
        if (command is null) return;
        JObject arguments = _session.Check(command);
        if (_settings.Verbose)
        {
            _screen.Print(_paint.Plain(_replies.Request(command.Name, command.OutOfBand, arguments)));
        }


        if (command.IsWatched)
        {
            await WatchAsync(command, arguments, cancellationToken);
            return;
        }

        try
        {
            JToken result = await _session.ExecuteAsync(command, arguments, cancellationToken);
            _events.Flush();
            _screen.Print(_paint.Plain(_replies.Return(result, command.Id)));
        }
        catch (QmpCommandException e)
        {
            _events.Flush();
            _screen.Print(_paint.Error(_replies.Error(e, command.Id)));
        }
    }

    private void Help(Word[] words)
    {
        if (words.Length == 0)
        {
            _screen.Print(_paint.Plain(SchemaHelp.Overview(_session.Schema, _screen.Width)));
        }
        else
        {
            _screen.Print(_paint.Plain(_session.Schema is { } schema
                ? new SchemaHelp(schema).Describe(words)
                : "The server does not tell its schema."));
        }
    }

    private async Task WatchAsync(ParsedCommand command, JObject arguments, CancellationToken cancellationToken)
    {
        Painted summary;
        _events.Hold();
        try
        {
            WatchOutcome outcome = await new MigrationWatch(_session, MigrationView.Create(new EscapingWriter(Console.Out)))
                .RunAsync(command, arguments, cancellationToken);
            string text = ForeignText.OneLine(outcome.Summary);
            summary = outcome.IsSuccess ? _paint.Plain(text) : _paint.Error(text);
        }
        catch (OperationCanceledException)
        {
            summary = _paint.Error("The migration was cancelled.");
        }
        finally
        {
            _events.Release(shown: "MIGRATION_PASS");
        }

        _screen.Print(summary);
    }

    private async Task RunHumanAsync(string line, CancellationToken cancellationToken)
    {
        if (line.Trim().Length == 0) return;
        string text = await _session.ExecuteHumanAsync(line, cancellationToken);
        _events.Flush();
        if (text.Length > 0) _screen.Print(_paint.Plain(text.TrimEnd().ReplaceLineEndings("\n")));
    }
}
