using System.Runtime.InteropServices;
using Newtonsoft.Json.Linq;
using Qmp.Client;
using Qmp.Shell.Language;
using Qmp.Shell.Output;
using Qmp.Shell.Schema;
using Qmp.Shell.Session;
using Qmp.Shell.Watch;

namespace Qmp.Shell.Scripts;

/// <summary>Runs commands one after the other; each prints its reply on a line.</summary>
/// <remarks>
/// The first thing that goes wrong ends it, except for an error that the next line expects. What is wrong in the script
/// itself is never sent; a command without arguments is, when nothing before it has needed the schema, and the server
/// refuses it. Either way it is told as what it is.
/// </remarks>
/// <param name="sessions">The connections.</param>
/// <param name="settings">How replies look.</param>
/// <param name="output">Replies and events.</param>
/// <param name="error">Everything else.</param>
internal sealed class ScriptRunner(SessionSet sessions, ShellSettings settings, TextWriter output, TextWriter error)
{
    public const string Exit = "exit";
    public const string Watch = "watch";
    private const int HelpWidth = 80;

    private readonly ReplyText _replies = new(settings.Pretty);
    private readonly LineCollector _lines = new();
    private readonly TransactionInput _transaction = new();
    private ShellSession _session = sessions.Current;
    private QmpCommandException? _failure;
    private string? _latest;

    /// <summary>Runs the script.</summary>
    /// <returns>The exit status.</returns>
    public async Task<int> RunAsync(IEnumerable<ScriptLine> script)
    {
        ScriptLine current = default;
        try
        {
            if (settings.Check != ScriptChecking.AsItRuns && !settings.HumanMonitor)
            {
                ScriptLine[] all = [.. script];
                IReadOnlyList<string> problems = await new ScriptCheck(sessions).RunAsync(all);
                foreach (string problem in problems) error.WriteLine($"qmp-shell: {problem}");
                if (problems.Count > 0) return ExitStatus.Usage;
                if (settings.Check == ScriptChecking.Only) return ExitStatus.Success;
                script = all;
            }

            foreach (ScriptLine line in script)
            {
                current = line;
                if (!await TakeAsync(line.Text)) return ExitStatus.Success;
            }

            if (_lines.IsOpen || _transaction.IsOpen) throw new ShellInputException("the last command has no end");
            if (_failure is { } last) throw new ScriptException(last.Message);
            return ExitStatus.Success;
        }
        catch (ShellInputException e)
        {
            error.WriteLine($"qmp-shell: {current.Place}: {e.Message}");
            return ExitStatus.Usage;
        }
        catch (Exception e) when (e is ScriptException or QmpException)
        {
            error.WriteLine($"qmp-shell: {current.Place}: {ForeignText.OneLine(e.Message)}");
            return ExitStatus.Failure;
        }
    }

    /// <returns>Whether the script goes on.</returns>
    private async ValueTask<bool> TakeAsync(string line)
    {
        if (settings.HumanMonitor)
        {
            if (line.Trim().Length > 0) await RunHumanAsync(line);
            return true;
        }

        if (_lines.Add(line) is not { } whole || CommandParser.IsBlank(whole)) return true;
        (_session, string text) = sessions.Choose(whole);
        if (CommandParser.IsBlank(text)) return true;
        IReadOnlyList<Word> words = WordScanner.Scan(text);
        if (words[0].Text == ErrorExpectation.Keyword)
        {
            CheckError([.. words.Skip(1)]);
            return true;
        }

        if (_failure is { } unexpected) throw new ScriptException(unexpected.Message);
        switch (words[0].Text)
        {
            case Exit:
                return false;
            case EventExpectation.Keyword:
                EventExpectation expected = EventExpectation.Parse(
                    [.. words.Skip(1)], await _session.AskForSchemaAsync());
                output.WriteLine(_replies.Event(await expected.WaitAsync(_session.Events)));
                _latest = null;
                return true;
            case Watch:
                JToken info = await WatchAsync(null, []);
                output.WriteLine(_replies.Return(info, null));
                return true;
            case Completion.CommandCompleter.Help:
                LiveSchema? all = await _session.AskForSchemaAsync();
                output.WriteLine(words.Count > 1 && all is { } schema
                    ? new SchemaHelp(schema, HelpWidth).Describe([.. words.Skip(1)])
                    : SchemaHelp.Overview(all, HelpWidth));
                return true;
        }

        ParsedCommand? command = _transaction.IsOpen || TransactionInput.Begins(text)
            ? _transaction.Add(text)
            : await ReadAsync(text);
        if (command is not null) await RunAsync(command);
        return true;
    }

    private async ValueTask<ParsedCommand> ReadAsync(string text)
    {
        try
        {
            return CommandReader.Read(text, _session.Schema);
        }
        catch (ShellSyntaxException) when (_session.Schema is null)
        {
            // With the schema at hand there is more to say.
            return CommandReader.Read(text, await _session.AskForSchemaAsync());
        }
    }

    private static PosixSignalRegistration CancelOn(PosixSignal signal, CancellationTokenSource stop) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            stop.Cancel();
        });

    private void CheckError(Word[] words)
    {
        string name = ErrorExpectation.Parse(words, _session.Connection.Greeting);
        if (_failure is null)
        {
            throw new ScriptException(_latest is null
                ? $"{ErrorExpectation.Keyword}: there is no command before it"
                : $"{_latest}: it succeeded, but {name} was expected");
        }

        if (_failure.Error.Class != name) throw new ScriptException($"{_failure.Message}, but {name} was expected");
        _failure = null;
        _latest = null;
    }

    private async Task RunAsync(ParsedCommand command)
    {
        bool isUnchecked = _session.CanGoUnchecked(command);
        if (!isUnchecked) await _session.AskForSchemaAsync();
        JObject arguments = _session.Check(command);
        if (settings.Verbose) error.WriteLine(_replies.Request(command.Name, command.OutOfBand, arguments));
        _latest = command.Name;
        try
        {
            JToken result = command.IsWatched
                ? await WatchAsync(command, arguments)
                : await _session.ExecuteAsync(command, arguments, CancellationToken.None);
            output.WriteLine(_replies.Return(result, command.Id));
        }
        catch (QmpCommandException e)
        {
            if (isUnchecked && !command.OutOfBand && !command.IsUnchecked)
            {
                // With the schema at hand there is more to say.
                await _session.AskForSchemaAsync();
                _session.Check(command);
            }

            output.WriteLine(_replies.Error(e, command.Id));
            _failure = e;
        }
    }

    /// <param name="command">What starts the migration; <see langword="null"/> if it runs already.</param>
    /// <param name="arguments">Its arguments.</param>
    private async Task<JToken> WatchAsync(ParsedCommand? command, JObject arguments)
    {
        using var stop = new CancellationTokenSource();
        using PosixSignalRegistration interrupt = CancelOn(PosixSignal.SIGINT, stop);
        using PosixSignalRegistration terminate = CancelOn(PosixSignal.SIGTERM, stop);
        try
        {
            var watch = new MigrationWatch(_session, MigrationView.Create(error));
            WatchOutcome outcome = command is null
                ? await watch.FollowAsync(stop.Token)
                : await watch.RunAsync(command, arguments, stop.Token);
            if (outcome.IsSuccess) return outcome.Info;
            output.WriteLine(_replies.Return(outcome.Info, command?.Id));
            throw new ScriptException(outcome.Summary);
        }
        catch (OperationCanceledException)
        {
            throw new ScriptException("interrupted; the migration was cancelled");
        }
    }

    private async Task RunHumanAsync(string line)
    {
        string text = (await _session.ExecuteHumanAsync(line, CancellationToken.None)).TrimEnd().ReplaceLineEndings("\n");
        if (text.Length > 0) output.WriteLine(text);
        if (HumanReply.IsRefusal(text)) throw new ScriptException(text.Split('\n')[0]);
    }
}
