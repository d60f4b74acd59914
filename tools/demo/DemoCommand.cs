using System.CommandLine;
using Qmp.Client;

namespace Demo;

/// <summary>The command line of the demo.</summary>
internal static class DemoCommand
{
    public const int Success = 0;
    public const int Failure = 1;
    public const int UsageError = 2;

    public static async Task<int> RunAsync(string[] arguments)
    {
        var memory = new Option<int>("--memory") { Description = "MiB of RAM, all random.", DefaultValueFactory = _ => 256 };
        var rate = new Option<int>("--rate")
        {
            Description = "MiB that the guest dirties every second.",
            DefaultValueFactory = _ => 50,
        };
        var plain = new Option<bool>("--plain") { Description = "Lines of text even on a terminal." };
        var scenario = new Option<string?>("--scenario")
        {
            Description = $"Run a scenario in this process instead, and draw it: {string.Join(", ", ScenarioDemo.Names)}, or FILE.json.",
            HelpName = "NAME",
        };
        memory.Validators.Add(r => Require(r.GetValueOrDefault<int>() is >= 64 and <= 8192, r.AddError, "--memory takes 64 to 8192"));
        rate.Validators.Add(r => Require(r.GetValueOrDefault<int>() is >= 0 and <= 1024, r.AddError, "--rate takes 0 to 1024"));
        var root = new RootCommand(
            "Migrates a running guest from one qmpd to another, and compares every byte of its memory.")
        {
            memory, rate, plain, scenario,
        };
        root.SetAction((parsed, stop) =>
        {
            DemoScreen screen = DemoScreen.Create(parsed.GetValue(plain));
            if (parsed.GetValue(scenario) is { } name)
            {
                return ShowAsync(screen, () => Task.FromResult(ScenarioDemo.Run(name, screen)));
            }

            var settings = new DemoSettings
            {
                MemoryBytes = (long)parsed.GetValue(memory) << 20,
                DirtyRate = (long)parsed.GetValue(rate) << 20,
            };
            return ShowAsync(screen, () => new MigrationDemo(settings, screen).RunAsync(stop));
        });
        ParseResult result = root.Parse(arguments);
        int status = await result.InvokeAsync();
        return result.Errors.Count > 0 ? UsageError : status;
    }

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

    private static void Require(bool condition, Action<string> complain, string complaint)
    {
        if (!condition) complain(complaint);
    }
}
