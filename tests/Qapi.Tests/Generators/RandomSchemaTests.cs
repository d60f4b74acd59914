using Qapi.Emit;

namespace Qapi.Tests.Generators;

/// <summary>
/// Code of random schemas compiles without a warning. The environment variable <c>QAPI_RANDOM_SCHEMAS</c> asks for
/// another number of them than usual.
/// </summary>
public sealed class RandomSchemaTests
{
    private const int Seed = 20_261_125;
    private const int UsualCount = 60;

    [Test]
    [Category("Slow")]
    public void Names_that_clash_are_told_apart()
    {
        var count = int.Parse(Environment.GetEnvironmentVariable("QAPI_RANDOM_SCHEMAS") ?? $"{UsualCount}");
        var conditions = new HashSet<string> { "CONFIG_ON" };
        var random = new Random(Seed);
        var right = 0;
        // Schemas in namespaces of their own share a compilation: loading references takes longest.
        foreach (var batch in Enumerable.Range(0, count).Chunk(20))
        {
            var sources = new List<string>();
            var texts = new List<string>();
            foreach (var number in batch)
            {
                var text = new RandomSchema(random).Text();
                var api = random.Next(2) == 0 ? "" : "Api";
                string[] switches = random.Next(2) == 0 ? [] : [.. conditions];
                var options = new EmitOptions(EmitParts.Types | EmitParts.Api | EmitParts.StreamJsonRpc,
                    $"Random{number}", $"Random{number}{api}", conditions, switches);
                if (Load.Result(text).Schema is not { } schema || ConditionCheck.Find(schema, options) is not null)
                    continue;
                right++;
                texts.Add($"{number}:\n{text}");
                sources.AddRange(SchemaEmitter.Emit(schema, options).Select(file => file.Text));
            }
            Assert.That(Project.Errors(sources), Is.Empty, string.Join("\n", texts));
        }
        Assert.That(right, Is.GreaterThan(count / 3));
    }
}
