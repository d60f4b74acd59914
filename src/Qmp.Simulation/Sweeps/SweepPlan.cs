using System.Security.Cryptography;
using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Qmp.Simulation.Text;
using Qmp.Types;

namespace Qmp.Simulation.Sweeps;

/// <summary>Every combination of the values of some axes: the last axis changes first.</summary>
public sealed class SweepPlan
{
    private readonly JObject _scenario;
    private readonly IReadOnlyList<SweepAxis> _axes;

    /// <summary>A plan.</summary>
    /// <param name="scenario">The scenario, as it was read.</param>
    /// <param name="axes">What is set.</param>
    /// <exception cref="ScenarioException">There are too many points.</exception>
    public SweepPlan(JObject scenario, IReadOnlyList<SweepAxis> axes)
    {
        _scenario = scenario;
        _axes = axes;
        decimal points = axes.Aggregate(1m, (product, axis) => product * axis.Values.Count);
        if (points > int.MaxValue) throw new ScenarioException($"{points} points are too many");
        string text = scenario.ToString(Formatting.None) + string.Concat(axes.Select(axis => $"\n{axis.Name}={string.Join(':', axis.Values)}"));
        Head = new SweepHead
        {
            Points = (int)points,
            Axes = axes,
            Scenario = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16],
        };
    }

    /// <summary>What the output begins with.</summary>
    public SweepHead Head { get; }

    /// <summary>What is set at a point.</summary>
    public IReadOnlyList<SweepSetting> SettingsOf(long point)
    {
        var settings = new SweepSetting[_axes.Count];
        for (int i = _axes.Count - 1; i >= 0; i--)
        {
            SweepAxis axis = _axes[i];
            settings[i] = new SweepSetting { Name = axis.Name, Value = axis.Values[(int)(point % axis.Values.Count)] };
            point /= axis.Values.Count;
        }

        return settings;
    }

    /// <summary>The scenario of a point.</summary>
    /// <exception cref="ScenarioException">There is no such scenario.</exception>
    public MigrationScenario ScenarioOf(long point)
    {
        var scenario = (JObject)_scenario.DeepClone();
        foreach (SweepSetting setting in SettingsOf(point)) ScenarioPath.Set(scenario, setting.Name, setting.Value);
        ScenarioDefaults.Apply(scenario);
        return ScenarioFile.Parse(scenario);
    }
}
