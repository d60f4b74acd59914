using Qmp.Emulator.Hosting;
using Qmp.Emulator.Options;
using Qmp.Emulator.Versions;
using Qmp.Migration.Cpr;
using Qmp.Simulation;
using Qmp.Simulation.Text;

namespace Qmpd;

/// <summary>The process: command line in, exit status out.</summary>
internal static class QmpdProcess
{
    public static async Task<int> RunAsync(string[] words)
    {
        var reports = new ErrorReports(Console.Error, TimeProvider.System);
        using var daemon = DaemonStart.Find();
        try
        {
            // What there is to warn of was told by the caller of a daemon.
            EmulatorOptions options = CommandLineParser.Parse(words, daemon is null ? reports.Write : _ => { }, PlayedVersion());
            if (options.Printout is { } printout)
            {
                Console.Out.Write(printout.Text);
                return printout.Status;
            }

            reports.Apply(options);
            if (daemon is null && options.Given.Has(OptionTable.Daemonize)) return DaemonLaunch.Run(KeepsErrors(options), reports.Write);
            using var log = new ProcessLog(options, reports);
            return options.Given.Last(OptionTable.Scenario) is { } scenario
                ? RunScenario(scenario, options, log, reports)
                : await RunAsync(options, log, reports, daemon);
        }
        catch (CommandLineException e)
        {
            reports.Write(e);
            return 1;
        }
    }

    private static QemuVersion PlayedVersion()
    {
        try
        {
            return VersionChoice.Of(Environment.GetEnvironmentVariable(VersionChoice.Variable), Environment.ProcessPath);
        }
        catch (ArgumentException e)
        {
            throw new CommandLineException(e.Message);
        }
    }

    // As in QEMU: whoever wants a log of a daemon on standard error gets it.
    private static bool KeepsErrors(EmulatorOptions options) =>
        options.TracePatterns.Count > 0 || options.Given.Has(OptionTable.LogFile);

    private static async Task<int> RunAsync(
        EmulatorOptions options, ProcessLog log, ErrorReports reports, DaemonStart? daemon)
    {
        EmulatorPorts ports = EmulatorPorts.Real(TimeProvider.System, log.Logger, reports.Write) with { Announce = Console.Out.WriteLine };
        CprArrival? arrival = await EmulatorInstance.WaitForCprAsync(options, ports);
        var emulator = new EmulatorInstance(options, ports, arrival);
        await using (emulator)
        {
            _ = new ProcessSignals(emulator, reports.Write);
            using PidFile? pid = options.Given.Last(OptionTable.PidFile) is { } file ? PidFile.Create(file.Value) : null;
            await emulator.StartAsync();
            ProcessRights.LockMemory(options);
            ProcessRights.Apply(options, reports.Write);
            daemon?.End(KeepsErrors(options));
            return await emulator.Completion;
        }
    }

    // 0 if all went as the scenario says, with the guest's memory intact.
    private static int RunScenario(
        OptionValue<string> scenario, EmulatorOptions options, ProcessLog log, ErrorReports reports)
    {
        string[] ignored =
            [.. options.Given.Taken.Except(OptionTable.OfScenarios).Select(option => $"-{option.Name}")];
        if (ignored.Length > 0)
        {
            reports.Write($"warning: a scenario has machines of its own; without effect: {string.Join(", ", ignored)}");
        }

        try
        {
            ScenarioResult result = ScenarioRunner.Run(
                scenario.Value == ScenarioFile.StandardInput ? ScenarioFile.Read(Console.OpenStandardInput()) : ScenarioFile.Read(scenario.Value),
                TimeProvider.System,
                log.Logger,
                message => Console.Out.WriteLine(message.ToLine()));
            return result.HasSucceeded ? 0 : 1;
        }
        catch (ScenarioException e)
        {
            throw scenario.Error(e.Message);
        }
    }
}
