using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Globalization;
using Qmp.Client;
using Qmp.Tools;

namespace Demo;

/// <summary>The command line of the demo.</summary>
internal static class DemoCommand
{
    public const int Success = 0;
    public const int Failure = 1;
    public const int UsageError = 2;

    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter error)
    {
        Option<int> memory = Number("--memory", "MiB of RAM, all random.", 256, least: 64, most: 8192);
        Option<int> rate = Number("--rate", "MiB that the guest dirties every second.", 50, least: 0, most: 1024);
        Option<int> channels = Number("--multifd", "Channels for pages beside the main one; 0 for none.", 0, least: 0, most: 255, "N");
        var plain = new Option<bool>("--plain") { Description = "Lines of text even on a terminal." };
        var scenario = new Option<string?>("--scenario")
        {
            Description = $"Run a scenario in this process instead, and draw it: {string.Join(", ", ScenarioDemo.Names)}, or FILE.json.",
            HelpName = "NAME",
        };
        var picture = new Option<string?>("--svg")
        {
            Description = "Draw the scenario into this file as well.",
            HelpName = "FILE",
        };
        var guest = new Option<string>("--guest")
        {
            Description = "What runs in the machine: a workload that writes memory, or a boot sector that prints.",
            HelpName = "workload|bootsector",
            DefaultValueFactory = _ => "workload",
        };
        guest.AcceptOnlyFromAmong("workload", "bootsector");
        var root = new RootCommand(
            "Migrates a running guest from one qmpd to another, and compares every byte of its memory.")
        {
            memory, rate, channels, plain, scenario, picture, guest,
        };
        ProgramVersion.Install(root, "demo");
        root.SetAction((parsed, stop) =>
        {
            DemoScreen screen = DemoScreen.Create(parsed.GetValue(plain), output);
            if (parsed.GetValue(scenario) is { } name)
            {
                return ShowAsync(screen, () => Task.FromResult(ScenarioDemo.Run(name, screen, parsed.GetValue(picture))));
            }

            if (parsed.GetValue(guest) == "bootsector") return ShowAsync(screen, () => new BootDemo(screen).RunAsync(stop));
            var settings = new DemoSettings
            {
                MemoryBytes = (long)parsed.GetValue(memory) << 20,
                DirtyRate = (long)parsed.GetValue(rate) << 20,
                Channels = (byte)parsed.GetValue(channels),
            };
            return ShowAsync(screen, () => new MigrationDemo(settings, screen).RunAsync(stop));
        });
        ParseResult result = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (result.Errors.Count > 0 && result.Action is not HelpAction)
        {
            foreach (ParseError problem in result.Errors) error.WriteLine($"demo: {problem.Message}");
            error.WriteLine("Usage: demo [--memory MIB] [--rate MIB] [--multifd N] [--plain] [--scenario NAME [--svg FILE]] [--guest GUEST]; 'demo --help' says more.");
            return UsageError;
        }

        return await result.InvokeAsync(new InvocationConfiguration
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
        });
    }

    private static Option<int> Number(string name, string description, int byDefault, int least, int most, string unit = "MIB") => new(name)
    {
        Description = description,
        HelpName = unit,
        DefaultValueFactory = _ => byDefault,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            bool isNumber = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number);
            if (isNumber && number >= least && number <= most) return number;
            result.AddError($"{name}: '{text}' is not a number from {least} to {most}");
            return byDefault;
        },
    };

    private static async Task<int> ShowAsync(DemoScreen screen, Func<Task<bool>> show)
    {
        try
        {
            return await show() ? Success : Failure;
        }
        catch (Exception e) when (e is QmpException or DemoException or IOException)
        {
            screen.Fail(e.Message);
            return Failure;
        }
        catch (OperationCanceledException)
        {
            screen.Fail("interrupted");
            return Failure;
        }
    }
}
