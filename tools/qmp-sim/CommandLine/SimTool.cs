using System.CommandLine;
using Qmp.Client;
using Qmp.Simulation.Text;
using Qmp.Tools;

namespace Qmp.Sim.CommandLine;

/// <summary>The command line: one class a command, all of them listed here.</summary>
internal static class SimTool
{
    public const int Success = 0;
    public const int Failure = 1;
    public const int UsageError = 2;

    /// <summary>A migration that was to converge does not.</summary>
    public const int DoesNotConverge = 3;

    /// <summary>Runs one command; the result is the exit status.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter error)
    {
        var root = new RootCommand("Says whether a live migration converges, how long it takes and how long the guest stands still.")
        {
            new RunCommand(output),
            new SweepCommand(output),
            new MergeCommand(output),
            new CompareCommand(output),
            new FitCommand(output),
        };
        ProgramVersion.Install(root, "qmp-sim");
        ParseResult parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            foreach (var problem in parsed.Errors) error.WriteLine($"qmp-sim: {problem.Message}");
            error.WriteLine("Try 'qmp-sim --help'.");
            return UsageError;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false });
        }
        catch (Exception e) when (e is ScenarioException or IOException or UnauthorizedAccessException or QmpException)
        {
            error.WriteLine($"qmp-sim: {e.Message}");
            return Failure;
        }
        catch (OperationCanceledException)
        {
            error.WriteLine("qmp-sim: interrupted");
            return Failure;
        }
    }
}
