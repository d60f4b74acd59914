using System.CommandLine;
using Qmp.Benchmarks.Measuring;
using Qmp.Interop.Emulators;

namespace Qmp.Benchmarks.Comparison;

/// <summary><c>compare</c>: does the same work with QEMU and with qmpd, in turns, and prints medians and ratios.</summary>
internal static class CompareCommand
{
    private static readonly IComparison[] All =
    [
        new RequestComparison(), new MigrationComparison(), new StartComparison(), new MachineComparison(), new SessionComparison(),
    ];

    public static Command Create()
    {
        var rounds = new Option<int>("--rounds")
        {
            Description = "How often each is measured",
            DefaultValueFactory = _ => 7,
        };
        var only = new Option<string[]>("--only")
        {
            Description = $"Only these: {string.Join(", ", All.Select(c => c.Name))}",
            AllowMultipleArgumentsPerToken = true,
        };
        only.AcceptOnlyFromAmong([.. All.Select(c => c.Name)]);
        var command = new Command("compare", "Compare with QEMU, side by side") { rounds, only };
        command.SetAction(parsed => Run(parsed.GetValue(rounds), parsed.GetValue(only) ?? []));
        return command;
    }

    private static int Run(int rounds, string[] only)
    {
        if (EmulatorPrograms.QemuProblem is { } problem)
        {
            Console.Error.WriteLine(problem);
            return 2;
        }

        Console.WriteLine($"{Programs.QemuVersion()}; {Environment.ProcessorCount} processors; medians of {rounds} rounds");
        Report.Header();
        var report = new Report();
        foreach (IComparison comparison in All.Where(c => only.Length == 0 || only.Contains(c.Name)))
        {
            comparison.Run(rounds, report);
        }

        return report.IsMet ? 0 : 1;
    }
}
