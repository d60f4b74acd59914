using Spectre.Console;

namespace Qmp.Shell.Watch;

/// <summary>Where a migration is shown.</summary>
internal abstract class MigrationView
{
    /// <summary>How often to look.</summary>
    public abstract TimeSpan Interval { get; }

    /// <summary>A display on a terminal; without one, lines.</summary>
    /// <param name="lines">Where lines go.</param>
    /// <param name="hint">What the keys do; empty where there are none.</param>
    public static MigrationView Create(TextWriter lines, string hint = "")
    {
        if (Console.IsOutputRedirected || Console.IsErrorRedirected) return new LineView(lines);
        IAnsiConsole console = AnsiConsole.Create(
            new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Profile.Capabilities.Ansi ? new LiveView(console, hint) : new LineView(lines);
    }

    /// <summary>Shows what it is given while something runs.</summary>
    public abstract Task ShowAsync(Func<Action<WatchFrame>, Task> run);
}
