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
        IReadOnlyList<ShellSettings> servers, IEnumerable<ScriptLine> script, TextWriter output, TextWriter error) => RunAsync(
        servers,
        sessions => new ScriptRunner(sessions, servers[0], output, error).RunAsync(script),
        error,
        // A recording shall hold nothing that the schema does not allow.
        asksLater: servers[0].RecordFile is null);

    /// <summary>Talks to the user at the terminal.</summary>
    /// <returns>The exit status.</returns>
    public static Task<int> RunInteractiveAsync(IReadOnlyList<ShellSettings> servers, TextWriter error) => RunAsync(
        servers,
        async sessions =>
        {
            ShellSettings settings = servers[0];
            if (Environment.GetEnvironmentVariable("TERM") is null or "" or "dumb" || OperatingSystem.IsWindows())
            {
                return await new InteractiveShell(
                    sessions, settings, new PlainReader(Console.In, Console.Out), new Paint(false)).RunAsync();
            }

            using var terminal = new UnixTerminal();
            using var editor = new LineEditor(terminal, new History(HistoryFile(settings.HumanMonitor)));
            var shell = new InteractiveShell(sessions, settings, editor, Paint.ForTerminal());
            editor.Complete = settings.HumanMonitor ? await HumanCompletionAsync(sessions.Current) : shell.Complete;
            return await shell.RunAsync();
        },
        error);

    private static async Task<int> RunAsync(
        IReadOnlyList<ShellSettings> servers, Func<SessionSet, Task<int>> run, TextWriter error, bool asksLater = false)
    {
        var sessions = new List<ShellSession>();
        try
        {
            try
            {
                foreach (ShellSettings server in servers) sessions.Add(await ShellSession.OpenAsync(server, asksLater));
                return await run(new SessionSet(SessionSet.NamesFor(servers.Select(s => s.Endpoint.Name)).Zip(sessions)));
            }
            finally
            {
                foreach (ShellSession session in sessions) await session.DisposeAsync();
            }
        }
        catch (Exception e) when (e is QmpException or IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"qmp-shell: {ForeignText.OneLine(e.Message)}");
            return ExitStatus.Failure;
        }
    }

    private static async Task<Func<string, int, CompletionResult>> HumanCompletionAsync(ShellSession session)
    {
        using IDisposable? hidden = session.Hide("human-monitor-command");
        return new HumanCompleter(
            await session.ExecuteHumanAsync("help", CancellationToken.None),
            await session.ExecuteHumanAsync("info", CancellationToken.None)).Complete;
    }

    private static string HistoryFile(bool isHuman)
    {
        string state = Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } named
            ? named
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state");
        return Path.Combine(state, "qmp-shell", isHuman ? "hmp-history" : "history");
    }
}
