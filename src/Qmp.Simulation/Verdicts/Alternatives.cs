using Qmp.Types;

namespace Qmp.Simulation.Verdicts;

/// <summary>The same scenario as it would go with other ways to migrate.</summary>
public static class Alternatives
{
    private const byte Channels = 4;

    /// <summary>The scenarios, each with its name; the first is as given.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="result">What came of it, which says when its first pass ended.</param>
    public static IReadOnlyList<(string Name, MigrationScenario Scenario)> Of(MigrationScenario scenario, ScenarioResult result)
    {
        long firstPass = (long)(result.Passes.FirstOrDefault(pass => pass.Number == 2)?.Milliseconds ?? 0) + 1;
        var all = new List<(string, MigrationScenario)> { ("as given", scenario) };
        Add("auto-converge", MigrationCapability.AutoConverge, with => with);
        Add("xbzrle", MigrationCapability.Xbzrle, with => with);
        Add($"multifd, {Channels} channels", MigrationCapability.Multifd, with => with with
        {
            Parameters = (with.Parameters ?? new()) with { MultifdChannels = Channels },
        });
        Add("postcopy after the first pass", MigrationCapability.PostcopyRam, with => with with
        {
            Steps = [.. with.Steps ?? [], new ScenarioStep { AtMs = (uint)firstPass, On = ScenarioEnd.Source, Execute = "migrate-start-postcopy" }],
        });
        Add("switchover-ack", MigrationCapability.SwitchoverAck, with => with);
        return all;

        void Add(string name, MigrationCapability capability, Func<MigrationScenario, MigrationScenario> change)
        {
            IReadOnlyList<MigrationCapability> capabilities = scenario.Capabilities ?? [];
            if (capabilities.Contains(capability)) return;
            MigrationCapability[] more = capability == MigrationCapability.SwitchoverAck && !capabilities.Contains(MigrationCapability.ReturnPath)
                ? [capability, MigrationCapability.ReturnPath] : [capability];
            all.Add((name, change(scenario with { Capabilities = [.. capabilities, .. more] })));
        }
    }
}
