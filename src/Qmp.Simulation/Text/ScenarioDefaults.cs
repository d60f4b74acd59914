using Newtonsoft.Json.Linq;

namespace Qmp.Simulation.Text;

/// <summary>What a question means that a scenario would have to say at length.</summary>
/// <remarks>
/// Memory is counted. It is full of noise, where nothing is said of its contents. Nothing but the link limits the bandwidth. What does not
/// converge is given up after five passes.
/// </remarks>
public static class ScenarioDefaults
{
    private const long LeastBuffer = 1 << 20;
    private const long MostBuffer = 256 << 20;
    private const int GiveUpAfter = 5;
    private const int Limit = 4 * 3_600_000; // ms
    private const int Sample = 100; // ms

    /// <summary>Fills in what is not said.</summary>
    public static void Apply(JObject scenario)
    {
        if (scenario["workload"] is JObject workload) scenario["workload"] = new JArray(workload);
        if (scenario["contents"] is JObject contents) scenario["contents"] = new JArray(contents);
        if (scenario["neighbours"] is JObject neighbour) scenario["neighbours"] = new JArray(neighbour);
        foreach (JObject other in (scenario["neighbours"] as JArray ?? []).OfType<JObject>())
        {
            if (other["workload"] is JObject single) other["workload"] = new JArray(single);
            Fill(other);
        }

        bool isBytes = (string?)scenario["clock"] == "real" || Corrupts(scenario);
        scenario["memory-model"] ??= isBytes ? "stored" : "counted";
        if (scenario["noise"] is null) Fill(scenario);
        if (scenario["parameters"] is null) scenario["parameters"] = new JObject();
        if (scenario["parameters"] is JObject parameters && (scenario["source"] as JObject)?["parameters"]?["max-bandwidth"] is null)
        {
            parameters["max-bandwidth"] ??= 0;
        }

        if (scenario["capabilities"] is null) scenario["capabilities"] = new JArray("events", "return-path");
        else if (scenario["capabilities"] is JArray names && !names.Any(name => name is JValue { Value: "events" })) names.Add("events");
        scenario["give-up-after"] ??= GiveUpAfter;
        scenario["limit-ms"] ??= Limit;
        scenario["sample-ms"] ??= Sample;
        if (scenario["link"] is JObject link && link["buffer"] is null)
        {
            double under = Number(link["bandwidth"]) * Number(link["latency-us"]) / 1e6 * 2;
            link["buffer"] = (long)Math.Clamp(under, LeastBuffer, MostBuffer);
        }
    }

    private static void Fill(JObject machine)
    {
        if (machine["contents"] is null && machine["memory"] is { } memory) machine["contents"] = new JArray(new JObject { ["size"] = memory });
    }

    private static double Number(JToken? token) => token is { Type: JTokenType.Integer or JTokenType.Float } ? (double)token : 0;

    private static bool Corrupts(JObject scenario) => new[] { "source", "destination" }.Any(end =>
        ((scenario[end] as JObject)?["faults"] as JArray ?? []).Any(fault => (string?)(fault as JObject)?["action"] == "corrupt"));
}
