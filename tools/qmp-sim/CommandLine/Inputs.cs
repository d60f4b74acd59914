using System.CommandLine;
using Newtonsoft.Json.Linq;
using Qmp.Simulation.Sweeps;
using Qmp.Simulation.Text;
using Qmp.Types;

namespace Qmp.Sim.CommandLine;

/// <summary>What several commands are given.</summary>
internal static class Inputs
{
    /// <summary>The clock of scenarios in real time.</summary>
    public static TimeProvider Clock => TimeProvider.System;

    public static Argument<string> Scenario(string name = "FILE") => new(name)
    {
        Description = "The scenario: JSON with comments and units; - for standard input.",
    };

    public static Option<string[]> Set(bool isSweep) => new("--set")
    {
        Description = isSweep
            ? "Sets a member to one value after the other: PATH=VALUE:VALUE:…, PATH=FROM..TO/N (even steps) or PATH=FROM..TO*N (even factors)."
            : "Sets a member of the scenario.",
        HelpName = isSweep ? "PATH=VALUES" : "PATH=VALUE",
        AllowMultipleArgumentsPerToken = true,
    };

    public static Option<int?> Workers() => new("--workers")
    {
        Description = "How many runs at a time [default: one a processor].",
        HelpName = "N",
        CustomParser = result =>
        {
            if (int.TryParse(result.Tokens[0].Value, out int number) && number > 0) return number;
            result.AddError($"--workers: '{result.Tokens[0].Value}' is not a number above 0");
            return 1;
        },
    };

    public static int WorkersIn(ParseResult parsed, Option<int?> option) => parsed.GetValue(option) ?? Environment.ProcessorCount;

    public static Option<string[]> Plot() => new("--plot")
    {
        Description = "Draws plots: to FILE.svg, FILE.png, or FILE.html for one report with all of them.",
        HelpName = "FILE",
    };

    /// <summary>Reads a scenario as it is written.</summary>
    /// <exception cref="ScenarioException">It cannot be read, or is no JSON.</exception>
    public static JObject Read(string file)
    {
        try
        {
            return file == ScenarioFile.StandardInput ? ScenarioFile.ReadPlain(Console.OpenStandardInput()) : ScenarioFile.ReadPlain(file);
        }
        catch (ScenarioException e)
        {
            throw new ScenarioException($"{NameOf(file)}: {e.Message}");
        }
    }

    /// <summary>Reads a scenario, sets members of it, and fills in what is not said.</summary>
    /// <exception cref="ScenarioException">It cannot be read, or is none.</exception>
    public static MigrationScenario ReadScenario(string file, IEnumerable<string> settings)
    {
        JObject json = Read(file);
        try
        {
            foreach (string setting in settings)
            {
                int equals = setting.IndexOf('=');
                if (equals <= 0) throw new ScenarioException($"'{setting}' is not PATH=VALUE");
                ScenarioPath.Set(json, setting[..equals], setting[(equals + 1)..]);
            }

            ScenarioDefaults.Apply(json);
            return ScenarioFile.Parse(json);
        }
        catch (ScenarioException e)
        {
            throw new ScenarioException($"{NameOf(file)}: {e.Message}");
        }
    }

    private static string NameOf(string file) => file == ScenarioFile.StandardInput ? "standard input" : file;
}
