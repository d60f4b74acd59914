using System.Globalization;
using System.Runtime.InteropServices;
using Qmp.Emulator;
using Qmp.Emulator.CommandLine;
using Qmp.Emulator.Scenarios;
using Qmp.Types;

namespace Qmpd;

/// <summary>The process: command line in, exit status out.</summary>
internal static class QmpdProcess
{
    public static async Task<int> RunAsync(string[] words)
    {
        try
        {
            EmulatorOptions options = CommandLineParser.Parse(words, text => Console.Error.WriteLine($"qmpd: {text}"));
            if (options.ShowHelp)
            {
                Console.Out.Write(CommandLineParser.Help());
                return 0;
            }

            if (options.ShowMachines)
            {
                Console.Out.Write(CommandLineParser.Machines());
                return 0;
            }

            if (options.ShowVersion)
            {
                Console.Out.WriteLine(
                    $"QEMU emulator version {EmulatorVersion.Qemu} ({EmulatorVersion.Package})");
                return 0;
            }

            return await RunAsync(options);
        }
        catch (CommandLineException e)
        {
            Console.Error.WriteLine($"qmpd: {e.Message}");
            if (e.Consequence is not null) Console.Error.WriteLine($"qmpd: {e.Consequence}");
            return 1;
        }
    }

    private static async Task<int> RunAsync(EmulatorOptions options)
    {
        await using var log = new ProcessLog(options);
        if (options.Scenario is { } scenario) return RunScenario(scenario, log);
        var emulator = new EmulatorInstance(options, EmulatorPorts.Real(TimeProvider.System, log.Logger));
        await using (emulator)
        {
            using PosixSignalRegistration term = OnSignal(PosixSignal.SIGTERM, emulator);
            using PosixSignalRegistration interrupt = OnSignal(PosixSignal.SIGINT, emulator);
            using PosixSignalRegistration hangUp = OnSignal(PosixSignal.SIGHUP, emulator);
            using PidFile? pid = options.PidFile is null ? null : PidFile.Create(options.PidFile);
            await emulator.StartAsync(options);
            return await emulator.Completion;
        }
    }

    // 0 if the migration ended as the scenario expects, with the guest's memory intact.
    private static int RunScenario(string path, ProcessLog log)
    {
        try
        {
            ScenarioResult result = ScenarioRunner.Run(
                ScenarioFile.Read(path), TimeProvider.System, log.Logger, message => Console.Out.WriteLine(message.ToLine()));
            return result is { IsAsExpected: true, Damage: null } ? 0 : 1;
        }
        catch (ScenarioException e)
        {
            throw new CommandLineException($"-x-scenario {path}: {e.Message}");
        }
    }

    private static PosixSignalRegistration OnSignal(PosixSignal signal, EmulatorInstance emulator) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            emulator.RequestShutdown(ShutdownCause.HostSignal);
        });

    /// <summary>The file that holds the process id while the process runs.</summary>
    private sealed class PidFile(string path) : IDisposable
    {
        public static PidFile Create(string path)
        {
            try
            {
                File.WriteAllText(path, Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n");
                return new PidFile(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new CommandLineException($"cannot create PID file: Could not create '{path}': {FileErrors.Text(e)}");
            }
        }

        public void Dispose() => File.Delete(path);
    }
}
