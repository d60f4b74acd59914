using System.CommandLine;
using Qmp.Benchmarks.Measuring;
using Qmp.Interop.Emulators;

namespace Qmp.Benchmarks.Comparison;

/// <summary><c>compare</c>: does the same work with QEMU and with qmpd, in turns, and prints medians and ratios.</summary>
internal static class CompareCommand
{
    private const double Same = 0.95; // of two builds, as much as two runs of one differ

    private static readonly IComparison[] All =
    [
        new RequestComparison(), new MigrationComparison(), new ChannelComparison(), new TlsComparison(), new CompressionComparison(), new DifferenceComparison(), new PostcopyComparison(),
        new StartComparison(), new MachineComparison(), new SessionComparison(), new ShellComparison(), new ProcessesComparison(),
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
        var other = new Option<string?>("--with")
        {
            Description = "Compare with this build of qmpd instead of QEMU; every ratio is then to reach 0.95",
        };
        var command = new Command("compare", "Compare with QEMU, side by side") { rounds, only, other };
        command.SetAction(parsed => Run(parsed.GetValue(rounds), parsed.GetValue(only) ?? [], parsed.GetValue(other)));
        return command;
    }

    private static int Run(int rounds, string[] only, string? other)
    {
        if (other is not null)
        {
            Programs.Other = Path.GetFullPath(other);
        }
        else if (EmulatorPrograms.QemuProblem is { } problem)
        {
            Console.Error.WriteLine(problem);
            return 2;
        }

        Console.WriteLine($"{Programs.OtherVersion()}; {Environment.ProcessorCount} processors; medians of {rounds} rounds");
        var report = new Report(other is null ? null : Same);
        report.Header();
        foreach (IComparison comparison in All.Where(c => only.Length == 0 || only.Contains(c.Name)))
        {
            comparison.Run(rounds, report);
        }

        return report.IsMet ? 0 : 1;
    }
}
