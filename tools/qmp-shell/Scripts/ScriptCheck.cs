using Qmp.Shell.Language;
using Qmp.Shell.Schema;
using Qmp.Shell.Session;

namespace Qmp.Shell.Scripts;

/// <summary>Looks through a whole script for what would not be sent, before anything is.</summary>
internal sealed class ScriptCheck(SessionSet sessions)
{
    private readonly LineCollector _lines = new();
    private readonly TransactionInput _transaction = new();

    /// <summary>Finds what is wrong.</summary>
    /// <returns>A message a mistake, with its place; none if the script makes sense.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(IReadOnlyList<ScriptLine> script)
    {
        var problems = new List<string>();
        foreach (ScriptLine line in script)
        {
            try
            {
                await LookAsync(line.Text);
            }
            catch (ShellInputException e)
            {
                problems.Add($"{line.Place}: {e.Message}");
            }
        }

        if (_lines.IsOpen || _transaction.IsOpen) problems.Add($"{script[^1].Place}: the last command has no end");
        return problems;
    }

    private async ValueTask LookAsync(string line)
    {
        if (_lines.Add(line) is not { } whole || CommandParser.IsBlank(whole)) return;
        (ShellSession session, string text) = sessions.Choose(whole);
        if (CommandParser.IsBlank(text)) return;
        IReadOnlyList<Word> words = WordScanner.Scan(text);
        LiveSchema? schema = await session.AskForSchemaAsync();
        switch (words[0].Text)
        {
            case EventExpectation.Keyword:
                EventExpectation.Parse([.. words.Skip(1)], schema);
                return;
            case ErrorExpectation.Keyword:
                ErrorExpectation.Parse([.. words.Skip(1)], session.Connection.Greeting);
                return;
            case ScriptRunner.Exit or ScriptRunner.Watch or Completion.CommandCompleter.Help:
                return;
        }

        ParsedCommand? command = _transaction.IsOpen || TransactionInput.Begins(text)
            ? _transaction.Add(text)
            : CommandReader.Read(text, schema);
        if (command is not null) session.Check(command);
    }
}
