using System.Text;
using Qapi.Emit;
using Qapi.Introspection;
using Qapi.Tool;

namespace Qapi.Tests;

/// <summary>
/// Damaged schemas are refused with a message or taken; nothing else may come of them. The environment variable
/// <c>QAPI_MUTATIONS</c> asks for another number of them than usual: 100000 takes some seconds.
/// </summary>
public sealed class MutationTests
{
    private const int Seed = 20_250_417;
    private const int UsualCount = 10_000;

    // A schema takes about a millisecond.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly EmitOptions Emission = new(EmitParts.Types | EmitParts.Api, "Sample", "Sample",
        new HashSet<string> { "A" }, ["B"]);

    private static readonly string[] Snippets =
    [
        "{", "}", "[", "]", ":", ",", "'", "\\", "#", "##\n", "\n", "\t", "\r\n", "true", "false", "''", "'int'",
        "[ 'int' ]", "{}", "[]", "'if': 'A', ", "'features': [ 'deprecated' ], ", "'boxed': true, ", "'data': {}, ",
        "'base': 'Foo', ", "{ 'pragma': { 'doc-required': true } }", "# @a: b\n", "# Returns: x\n", "# Features:\n",
        "#     x\n", "##\n# @foo:\n##\n", "\u00a0", "\U0001F600", "'intList'", "'q_empty'",
    ];

    [Test]
    public void Damaged_schemas_give_a_message_or_a_schema()
    {
        var count = int.Parse(Environment.GetEnvironmentVariable("QAPI_MUTATIONS") ?? $"{UsualCount}");
        var random = new Random(Seed);
        string[] texts = [.. RecordedCasesTests.Texts().Select(Encoding.UTF8.GetString)];
        string[] strings = [.. texts.SelectMany(Strings).Distinct()];
        var refused = 0;
        for (var i = 0; i < count; i++)
        {
            var content = Mutate(random, texts, strings);
            var attempt = Task.Run(() => Try(Load.Result(content)));
            var name = $"seed {Seed}, schema {i}, {Convert.ToBase64String(content)}";
            try
            {
                if (!attempt.Wait(Patience))
                    Assert.Fail($"{name}: hangs");
                if (!attempt.Result)
                    refused++;
            }
            catch (AggregateException failure)
            {
                Assert.Fail($"{name}: {failure.InnerException}");
            }
        }
        // Both outcomes must be exercised.
        Assert.That(refused, Is.InRange(count / 2, count - count / 20));
    }

    /// <summary>Uses the result in every way there is; whether it is a schema.</summary>
    private static bool Try(SchemaLoadResult result)
    {
        if (result.Schema is null)
        {
            Assert.That(result.Error!.Render(), Does.Contain(result.Error.Message));
            return false;
        }
        new SchemaDump(TextWriter.Null).Write(result.Schema);
        SchemaInfoJson.Write(Introspector.List(result.Schema, Emission.Conditions));
        if (ConditionCheck.Find(result.Schema, Emission) is null)
            SchemaEmitter.Emit(result.Schema, Emission);
        return true;
    }

    private static byte[] Mutate(Random random, string[] texts, string[] strings)
    {
        var text = texts[random.Next(texts.Length)];
        for (var edits = random.Next(1, 4); edits > 0; edits--)
            text = Edit(random, text, texts, strings);
        var content = Encoding.UTF8.GetBytes(text);
        if (content.Length > 0 && random.Next(20) == 0)
            content[random.Next(content.Length)] = (byte)random.Next(256);
        return content;
    }

    private static string Edit(Random random, string text, string[] texts, string[] strings)
    {
        var at = random.Next(text.Length + 1);
        switch (random.Next(6))
        {
            case 0:
                return text.Remove(at, Math.Min(random.Next(1, 8), text.Length - at));
            case 1:
                return text.Insert(at, Snippets[random.Next(Snippets.Length)]);
            case 2:
                var other = texts[random.Next(texts.Length)];
                return random.Next(2) == 0 ? text + other : other + text;
            case 3:
                var lines = text.Split('\n').ToList();
                lines.Insert(random.Next(lines.Count), lines[random.Next(lines.Count)]);
                lines.RemoveAt(random.Next(lines.Count));
                return string.Join('\n', lines);
            default:
                var own = Strings(text).ToList();
                if (own.Count == 0)
                    return text;
                var old = own[random.Next(own.Count)];
                return text.Replace(old, strings[random.Next(strings.Length)]);
        }
    }

    /// <summary>The string literals of a schema, quotes included.</summary>
    private static IEnumerable<string> Strings(string text) =>
        text.Split('\'').Where((_, index) => index % 2 == 1).Select(part => $"'{part}'");
}
