using Qmp.Client;
using Qmp.Shell.Completion;
using Qmp.Shell.Interactive;
using Qmp.Shell.Output;
using Qmp.Shell.Scripts;
using Qmp.Shell.Session;
using Qmp.Shell.Terminal;

namespace Qmp.Shell.CommandLine;

/// <summary>Connects, and runs a script or talks to a user.</summary>
internal static class ShellProgram
{
    /// <summary>Runs a script.</summary>
    /// <returns>The exit status.</returns>
    public static Task<int> RunScriptAsync(
        ShellSettings settings, IEnumerable<ScriptLine> script, TextWriter output, TextWriter error) => RunAsync(
        settings,
        session => new ScriptRunner(session, settings, output, error).RunAsync(script),
        error,
        // A recording shall hold nothing that the schema does not allow.
        asksLater: settings.RecordFile is null);

    /// <summary>Talks to the user at the terminal.</summary>
    /// <returns>The exit status.</returns>
    public static Task<int> RunInteractiveAsync(ShellSettings settings, TextWriter error) => RunAsync(
        settings,
        async session =>
        {
            if (Environment.GetEnvironmentVariable("TERM") is null or "" or "dumb" || OperatingSystem.IsWindows())
            {
                return await new InteractiveShell(
                    session, settings, new PlainReader(Console.In, Console.Out), new Paint(false)).RunAsync();
            }

            using var terminal = new UnixTerminal();
            using var editor = new LineEditor(terminal, new History(HistoryFile(settings.HumanMonitor)));
            if (await CompletionAsync(session, settings) is { } complete) editor.Complete = complete;
            return await new InteractiveShell(session, settings, editor, Paint.ForTerminal()).RunAsync();
        },
        error);

    private static async Task<int> RunAsync(
        ShellSettings settings, Func<ShellSession, Task<int>> run, TextWriter error, bool asksLater = false)
    {
        try
        {
            await using ShellSession session = await ShellSession.OpenAsync(settings, asksLater);
            return await run(session);
        }
        catch (Exception e) when (e is QmpException or IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"qmp-shell: {ForeignText.OneLine(e.Message)}");
            return ExitStatus.Failure;
        }
    }

    private static async Task<Func<string, int, CompletionResult>?> CompletionAsync(
        ShellSession session, ShellSettings settings)
    {
        if (settings.HumanMonitor)
        {
            using IDisposable? hidden = session.Hide("human-monitor-command");
            return new HumanCompleter(
                await session.ExecuteHumanAsync("help", CancellationToken.None),
                await session.ExecuteHumanAsync("info", CancellationToken.None)).Complete;
        }

        // Negotiating by hand, the schema comes later.
        return (text, cursor) => session.Schema is { } schema
            ? new CommandCompleter(schema, InteractiveShell.Builtins).Complete(text, cursor)
            : CompletionResult.None;
    }

    private static string HistoryFile(bool isHuman)
    {
        string state = Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } named
            ? named
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state");
        return Path.Combine(state, "qmp-shell", isHuman ? "hmp-history" : "history");
    }
}
