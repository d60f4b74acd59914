using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Qmp.Protocol.Tests.Recordings;

/// <summary>A conversation recorded from QEMU 10.0.2.</summary>
internal sealed class RecordedCase
{
    private RecordedCase(string group, JObject source)
    {
        Name = $"{group}/{(string)source["name"]!}";
        IsPretty = (bool?)source["pretty"] ?? false;
        Monitors = source["monitors"]?.Values<string>().Select(m => m!).ToArray() ?? ["qmp"];
        Floating = [.. source["float"] ?? new JArray()];
        Steps = [.. source["steps"]!.Cast<JObject>()];
    }

    public string Name { get; }

    public bool IsPretty { get; }

    public IReadOnlyList<string> Monitors { get; }

    /// <summary>Ids of replies whose place among the others is free.</summary>
    public IReadOnlyList<JToken> Floating { get; }

    public IReadOnlyList<JObject> Steps { get; }

    public static IEnumerable<TestCaseData> All()
    {
        foreach (string group in (string[])["protocol", "json", "events"])
        {
            string path = Path.Combine(TestContext.CurrentContext.TestDirectory, "Recordings", $"{group}.json");
            using var reader = new JsonTextReader(File.OpenText(path))
            {
                MaxDepth = null,
                DateParseHandling = DateParseHandling.None,
            };
            foreach (JToken source in JArray.Load(reader))
            {
                var recorded = new RecordedCase(group, (JObject)source);
                yield return new TestCaseData(recorded).SetName($"Recorded {recorded.Name.Replace('.', '_')}");
            }
        }
    }
}
