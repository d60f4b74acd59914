using Qmp.Client.Migration;
using Qmp.Simulation;
using Spectre.Console;

namespace Demo;

/// <summary>Where the demo tells what happens. Every member may be called from any thread.</summary>
internal abstract class DemoScreen
{
    private readonly Dictionary<string, PollFilter> _filters = [];
    private readonly Lock _gate = new(); // guards _filters

    /// <summary>A live display on a terminal, else lines.</summary>
    /// <param name="plain">Whether lines are wanted even on a terminal.</param>
    /// <param name="output">Where lines go.</param>
    public static DemoScreen Create(bool plain, TextWriter output)
    {
        IAnsiConsole console = AnsiConsole.Console;
        return plain || Console.IsOutputRedirected || !console.Profile.Capabilities.Ansi
            ? new PlainScreen(output)
            : new TerminalScreen(console);
    }

    /// <summary>A step of the story.</summary>
    public abstract void Step(string text);

    /// <summary>Something to read.</summary>
    public abstract void Text(string text);

    /// <summary>What happened in a scenario, over time.</summary>
    public abstract void Timeline(ScenarioResult result);

    /// <summary>Something that belongs to one of the two ends.</summary>
    public abstract void Line(string who, string text);

    /// <summary>How it ended: name and value of each figure, whether all is well, and that in words.</summary>
    public abstract void Summary(IReadOnlyList<(string Name, string Value)> figures, bool success, string verdict);

    /// <summary>It could not be shown to the end.</summary>
    public abstract void Fail(string reason);

    /// <summary>Shows progress while something runs.</summary>
    public abstract Task<T> WatchAsync<T>(Func<IProgress<MigrationProgress>, Task<T>> run);

    /// <summary>A message of a QMP conversation.</summary>
    public void Message(string who, string text)
    {
        PollFilter filter;
        lock (_gate)
        {
            if (!_filters.TryGetValue(who, out filter!)) _filters[who] = filter = new();
        }

        if (filter.IsShown(text)) Line(who, text);
    }
}
