using System.CommandLine;
using Qmp.Interop.Emulators;

namespace Qmp.Interop.Endurance;

/// <summary><c>endure</c>: mixed migrations for hours, with a line of figures each minute.</summary>
internal static class EnduranceCommand
{
    public static Command Create()
    {
        var hours = new Option<double>("--hours") { Description = "How long", DefaultValueFactory = _ => 8 };
        var pause = new Option<int>("--pause") { Description = "Milliseconds between two migrations" };
        var seed = new Option<int>("--seed") { Description = "What chance begins with", DefaultValueFactory = _ => 1 };
        var command = new Command("endure", "Migrate, cancel, kill and recover for hours, and watch what processes hold") { hours, pause, seed };
        command.SetAction((parsed, stop) => RunAsync(
            TimeSpan.FromHours(parsed.GetValue(hours)), TimeSpan.FromMilliseconds(parsed.GetValue(pause)), parsed.GetValue(seed), stop));
        return command;
    }

    private static async Task<int> RunAsync(TimeSpan time, TimeSpan pause, int seed, CancellationToken stop)
    {
        if (EmulatorPrograms.QemuProblem is { } problem)
        {
            await Console.Error.WriteLineAsync(problem).ConfigureAwait(false);
            return 1;
        }

        await using var run = new EnduranceRun(seed, pause);
        try
        {
            await run.RunAsync(time, Console.Out, stop).ConfigureAwait(false);
        }
        catch (Exception e) when (run.Failures.Count > 0)
        {
            Console.WriteLine($"given up: {e.Message}");
        }

        foreach ((string way, int count) in run.Passed) Console.WriteLine($"{way}\t{count}");
        foreach (string line in run.QemusEnds) Console.WriteLine(line);
        string[] growth = [.. run.FindGrowth()];
        foreach (string line in (string[])[.. run.Failures, .. growth]) Console.WriteLine(line);
        return run.Failures.Count + growth.Length == 0 ? 0 : 1;
    }
}
