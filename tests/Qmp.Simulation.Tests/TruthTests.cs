using System.Globalization;
using System.Text;
using Newtonsoft.Json.Linq;
using Qmp.Simulation.Text;
using Qmp.Types;
using Serilog.Core;

namespace Qmp.Simulation.Tests;

/// <summary>The simulation against recorded migrations of a real QEMU pair; the table is that of the tool's README.</summary>
[TestFixture]
internal sealed class TruthTests
{
    private const ulong Mebi = 1 << 20;
    private const ulong Page = 4096;
    private const ulong Firmware = 90 * Page; // pages of it that are not zero

    private static string Folder => Path.Combine(Repository.Root, "tools", "qmp-sim");

    [Test]
    public void The_table_of_the_readme_is_what_comes_out()
    {
        string table = Table(out int good, out int all);
        TestContext.Out.WriteLine(table);
        Assert.That(all, Is.GreaterThanOrEqualTo(12));
        string readme = File.ReadAllText(Path.Combine(Folder, "README.md"));
        Assert.That(readme, Does.Contain(table), table);
        Assert.That(good, Is.GreaterThanOrEqualTo(13), table);
    }

    private static string Table(out int good, out int all)
    {
        var text = new StringBuilder();
        text.Append("| migration | total, s | downtime, ms | passes | sent, MiB | |\n|---|---|---|---|---|---|\n");
        string[] lines = File.ReadAllLines(Path.Combine(Folder, "truth", "runs.jsonl"));
        double tsc = (double)JObject.Parse(lines[0])["tsc"]! / 1e9;
        ILookup<string, JObject> runs = lines.Skip(1).Select(JObject.Parse).ToLookup(run => (string)run["case"]!, run => (JObject)run["return"]!);
        (good, all) = (0, 0);
        foreach (JObject made in JArray.Parse(File.ReadAllText(Path.Combine(Folder, "truth", "cases.json"))).Cast<JObject>())
        {
            string name = (string)made["name"]!;
            JObject[] real = [.. runs[name]];
            ScenarioResult result = ScenarioRunner.Run(ScenarioOf(made, tsc, real[0]), TimeProvider.System, Logger.None);
            bool isGood = Row(text, name, real, result.Source);
            all++;
            if (isGood) good++;
        }

        return text.ToString();
    }

    private static bool Row(StringBuilder text, string name, JObject[] real, MigrationInfo model)
    {
        bool[] completed = [.. real.Select(run => (string?)run["status"] == "completed" && run["gave-up"] is null)];
        if (completed.All(done => !done))
        {
            bool agrees = model.Status != MigrationStatus.Completed;
            text.Append(CultureInfo.InvariantCulture, $"| {name} | does not converge / {(agrees ? "does not converge" : "converges")} | | | | {(agrees ? "yes" : "**no**")} |\n");
            return agrees;
        }

        JObject[] done = [.. real.Where((_, i) => completed[i])];
        string note = done.Length < real.Length ? $" ({real.Length - done.Length} of {real.Length} did not converge)" : "";
        (string total, bool isTotal) = Cell(done, run => (double)run["total-time"]! / 1000, (model.TotalTime ?? 0) / 1000.0, "0.0", v => v * 0.1);
        (string down, bool isDown) = Cell(done, run => (double)run["downtime"]!, model.Downtime ?? 0, "0", v => Math.Max(v * 0.25, 10));
        (string passes, bool isPasses) = Cell(done, run => (double)run["ram"]!["dirty-sync-count"]!, model.Ram!.DirtySyncCount, "0", _ => 1);
        (string sent, bool isSent) = Cell(
            done, run => (double)run["ram"]!["transferred"]! / Mebi, model.Ram.Transferred / (double)Mebi, "0", v => v * 0.05);
        bool isGood = model.Status == MigrationStatus.Completed && isTotal && isDown && isPasses && isSent;
        text.Append(CultureInfo.InvariantCulture, $"| {name}{note} | {total} | {down} | {passes} | {sent} | {(isGood ? "yes" : "**no**")} |\n");
        return isGood;
    }

    // The spread of the real runs, and the model; good where it is within the spread, or close enough to their median.
    private static (string Text, bool IsGood) Cell(JObject[] real, Func<JObject, double> value, double model, string format, Func<double, double> allowed)
    {
        double[] values = [.. real.Select(value).Order()];
        double median = values[values.Length / 2];
        bool isGood = (model >= values[0] && model <= values[^1]) || Math.Abs(model - median) <= allowed(median);
        string Number(double number) => number.ToString(format, CultureInfo.InvariantCulture);
        return ($"{Number(values[0])} – {Number(values[^1])} / {Number(model)}{(isGood ? "" : " **!**")}", isGood);
    }

    // The pair of the recording: the guest's set lies at 16 MiB, and the firmware is RAM that is sent, too.
    private static MigrationScenario ScenarioOf(JObject made, double tsc, JObject real)
    {
        ulong total = (ulong)real["ram"]!["total"]!;
        JArray capabilities = [.. made["capabilities"] as JArray ?? [], "events", "return-path"];
        var parameters = new JObject
        {
            ["max-bandwidth"] = (ulong)made["bandwidth"]! * Mebi,
            ["downtime-limit"] = made["limit"],
        };
        if (made["channels"] is { } channels) parameters["multifd-channels"] = channels;
        var scenario = new JObject
        {
            ["memory"] = total / 8192 * 8192,
            ["contents"] = new JArray(
                new JObject { ["size"] = 16 * Mebi, ["fill"] = 0 },
                new JObject { ["size"] = ((ulong)made["fill"]! * Mebi) + Firmware }),
            ["workload"] = new JArray(new JObject
            {
                ["offset"] = 16 * Mebi, ["working-set"] = (ulong)made["set"]! * Mebi, ["pattern"] = "round", ["change"] = 4, ["fill"] = 0,
                ["rate"] = (ulong)((double)made["rate"]! * tsc * Mebi),
            }),
            ["capabilities"] = capabilities,
            ["parameters"] = parameters,
            ["link"] = new JObject { ["bandwidth"] = 2_000_000_000, ["buffer"] = 1 << 20 },
            ["warm-up-ms"] = 1500,
            ["give-up-after"] = 0,
            ["limit-ms"] = (made["give-up"] is { } limit ? (int)limit : 60) * 1000,
        };
        if (made["postcopy"] is { } after)
        {
            scenario["steps"] = new JArray(new JObject { ["at-ms"] = (int)after * 1000, ["on"] = "source", ["execute"] = "migrate-start-postcopy" });
        }

        ScenarioDefaults.Apply(scenario);
        return ScenarioFile.Parse(scenario);
    }
}
