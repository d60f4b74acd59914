using System.Globalization;
using Newtonsoft.Json.Linq;
using Qmp.Simulation.Text;

namespace Qmp.Simulation.Sweeps;

/// <summary>Sets a member of a scenario by its path, such as <c>link.bandwidth</c> or <c>workload.rate</c>.</summary>
/// <remarks>A list without a number in the path means all that is in it. Objects that are missing are made.</remarks>
public static class ScenarioPath
{
    /// <summary>Sets a member.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="path">The path.</param>
    /// <param name="text">The value as people write it; of a list, its elements with <c>+</c> between them, or <c>none</c>.</param>
    /// <exception cref="ScenarioException">There is no such place.</exception>
    public static void Set(JObject scenario, string path, string text)
    {
        string[] names = path.Split('.');
        if (names.Any(name => name.Length == 0)) throw new ScenarioException($"'{path}' is no path of a scenario");
        Set(scenario, names, path, text);
    }

    private static void Set(JToken place, ReadOnlySpan<string> names, string path, string text)
    {
        string name = names[0];
        switch (place)
        {
            case JArray list when int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int index):
                if (index >= list.Count) throw new ScenarioException($"{path}: the list has {list.Count} elements");
                if (names.Length == 1) throw new ScenarioException($"{path}: names an element, not a member");
                Set(list[index], names[1..], path, text);
                break;

            case JArray list:
                if (list.Count == 0) throw new ScenarioException($"{path}: the list is empty");
                foreach (JToken element in list) Set(element, names, path, text);
                break;

            case JObject members when names.Length == 1:
                members[name] = name == "capabilities" ? ListOf(text) : ScenarioText.Value(text, name);
                break;

            case JObject members:
                if (members[name] is not { } next) members[name] = next = new JObject();
                Set(next, names[1..], path, text);
                break;

            default:
                throw new ScenarioException($"{path}: '{name}' would be a member of what is no object");
        }
    }

    private static JArray ListOf(string text) => text == "none" ? [] : [.. text.Split('+').Select(name => new JValue(name))];
}
