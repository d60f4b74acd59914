using System.Globalization;
using Qmp.Simulation.Text;
using Qmp.Simulation;
using Qmp.Types;
using Serilog.Core;

namespace Demo;

/// <summary>Runs one of the scenarios that come with the demo, or a file, and draws what happened.</summary>
internal static class ScenarioDemo
{
    private const string Extension = ".json";

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "scenarios");

    /// <summary>The scenarios that come with the demo.</summary>
    public static IReadOnlyList<string> Names =>
        [.. Directory.GetFiles(Folder, "*" + Extension).Select(f => Path.GetFileNameWithoutExtension(f)!).Order(StringComparer.Ordinal)];

    /// <returns>Whether it went as it should.</returns>
    /// <exception cref="DemoException">No scenario has that name, or its file is wrong.</exception>
    public static bool Run(string name, DemoScreen screen, string? picture = null)
    {
        string path = name.EndsWith(Extension, StringComparison.Ordinal) ? name : Path.Combine(Folder, name + Extension);
        if (!File.Exists(path))
        {
            throw new DemoException($"There is no scenario '{name}'. There are {string.Join(", ", Names)}, or a file NAME.json.");
        }

        try
        {
            MigrationScenario scenario = ScenarioFile.Read(path);
            screen.Step(Path.GetFileNameWithoutExtension(path));
            if (scenario.Description is { } description) screen.Text(description);
            ScenarioResult result = ScenarioRunner.Run(
                scenario, TimeProvider.System, Logger.None, message => Show(message, screen));
            screen.Timeline(result);
            if (picture is not null) File.WriteAllText(picture, new ScenarioPicture(result).Draw(Path.GetFileNameWithoutExtension(path)));
            screen.Summary(
                Figures(result),
                result.HasSucceeded,
                result.HasSucceeded ? "It ended as it should." : $"It did not end as it should: {result.Ending}.");
            return result.HasSucceeded;
        }
        catch (ScenarioException e)
        {
            throw new DemoException($"{path}: {e.Message}");
        }
    }

    private static IEnumerable<(string Name, string Value)> Figures(ScenarioPostcopy postcopy)
    {
        yield return ("page faults", $"{postcopy.Faults}, {postcopy.Requests} requests");
        if (postcopy.Faults > 0)
        {
            yield return ("waits for a page", string.Create(CultureInfo.InvariantCulture, $"median {postcopy.MedianUs / 1e3:F1} ms, longest {postcopy.LongestUs / 1e3:F1} ms"));
        }

        if (postcopy.Pauses > 0) yield return ("pauses", $"{postcopy.Pauses}, {postcopy.PausedMs} ms in all; {postcopy.Recoveries} recovered");
    }

    private static void Show(ScenarioMessage message, DemoScreen screen)
    {
        if (message.EventName == "MIGRATION_PASS" || message.On is not { } on) return;
        screen.Line(
            on.ToWireName(),
            string.Create(CultureInfo.InvariantCulture, $"{message.Milliseconds,9:F1} ms  {message.ToBodyLine()}"));
    }

    private static List<(string Name, string Value)> Figures(ScenarioResult result)
    {
        MigrationInfo source = result.Source;
        long sent = result.Samples[^1].Forward;
        List<(string, string)> figures =
        [
            ("source", Describe(ScenarioEnd.Source, source)),
            ("destination", Describe(ScenarioEnd.Destination, result.Destination)),
            ("total time", Format.Milliseconds(source.TotalTime)),
            ("downtime", Format.Milliseconds(source.Downtime)),
            ("passes", $"{result.Messages.Count(m => m.EventName == "MIGRATION_PASS")}"),
            ("sent", Format.Bytes(sent)),
        ];
        if (source.Vfio is { } devices) figures.Add(("of devices", Format.Bytes(devices.Transferred)));
        if (result.Samples.Where(s => s.WaitsForAck).ToList() is [var first, .., var last])
        {
            figures.Add(("waited for the ack", Format.Milliseconds((long)(last.Milliseconds - first.Milliseconds))));
        }

        if (result.Samples.Max(s => s.Throttle) is var throttle and > 0) figures.Add(("most throttled", $"{throttle} %"));
        if (result.Postcopy is { } postcopy) figures.AddRange(Figures(postcopy));
        figures.Add(("memory", result.Damage ?? "intact"));
        return figures;

        string Describe(ScenarioEnd end, MigrationInfo info)
        {
            string text = (info.Status ?? MigrationStatus.None).ToWireName();
            if (info.ErrorDesc is { } error) text += $": {error}";
            return result.Messages.FirstOrDefault(m => m.On == end && m.Body["exit"] is not null) is { } exit
                ? $"{text}, exit status {exit.Body["exit"]}"
                : text;
        }
    }

}
