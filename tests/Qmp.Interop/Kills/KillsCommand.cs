using System.CommandLine;
using Qmp.Interop.Emulators;

namespace Qmp.Interop.Kills;

/// <summary><c>kills</c>: kills either end, or cuts a channel, at every point, and prints what became of the rest.</summary>
internal static class KillsCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    public static Command Create()
    {
        var runs = new Option<int>("--runs") { Description = "How often each", DefaultValueFactory = _ => 10 };
        var source = new Option<EmulatorKind>("--source")
        {
            Description = "The source's program", DefaultValueFactory = _ => EmulatorKind.Qemu,
        };
        var destination = new Option<EmulatorKind>("--destination")
        {
            Description = "The destination's program", DefaultValueFactory = _ => EmulatorKind.Qemu,
        };
        var point = new Option<KillPoint?>("--point") { Description = "Only there" };
        var victim = new Option<KillVictim?>("--victim") { Description = "Only that end" };
        var kind = new Option<KillKind>("--kind") { Description = "Of what kind of migration" };
        var command = new Command("kills", "Kill either end at every point of a migration, and print what becomes of the other")
        {
            runs, source, destination, point, victim, kind,
        };
        command.SetAction((parsed, stop) => RunAsync(
            parsed.GetValue(runs),
            new Pair(parsed.GetValue(source), parsed.GetValue(destination)),
            [
                .. from c in KillCase.Of(parsed.GetValue(kind))
                   where (parsed.GetValue(point) ?? c.Point) == c.Point && (parsed.GetValue(victim) ?? c.Victim) == c.Victim
                   select c,
            ],
            stop));
        return command;
    }

    private static async Task<int> RunAsync(
        int runs, Pair pair, IReadOnlyList<KillCase> cases, CancellationToken stop)
    {
        if (pair.Problem is { } problem)
        {
            await Console.Error.WriteLineAsync(problem).ConfigureAwait(false);
            return 1;
        }

        Console.WriteLine($"# {pair}, {runs} runs of each case");
        Console.WriteLine(KillTable.Heading);
        int failures = 0;
        foreach (KillCase @case in cases)
        {
            var table = new KillTable();
            for (int i = 0; i < runs && !stop.IsCancellationRequested; i++)
            {
                try
                {
                    foreach ((MigrationEnd survivor, KillOutcome outcome) in
                        await KillRun.RunAsync(@case, pair, _ => Patience).ConfigureAwait(false))
                    {
                        table.Add(@case, survivor, outcome);
                    }
                }
                catch (InteropException e)
                {
                    failures++;
                    await Console.Error.WriteLineAsync($"{@case}: {e.Message}").ConfigureAwait(false);
                }
            }

            foreach (string line in table.ToLines()) Console.WriteLine(line);
        }

        return failures == 0 ? 0 : 1;
    }
}
