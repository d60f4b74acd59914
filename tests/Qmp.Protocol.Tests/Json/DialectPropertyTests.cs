using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Newtonsoft.Json.Linq;
using Qmp.Protocol.Json;
using Qmp.Protocol.Tests.Support;

namespace Qmp.Protocol.Tests.Json;

internal sealed class DialectPropertyTests
{
    /// <summary>Pieces that meet the lexer's states in odd ways when put together.</summary>
    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", ",", ":", "\"", "'", " ", "\n", "\t", "\u0001", "\0", "-", "0", "1", "12.5", "1e", "e5",
        ".", "+", "true", "nul", "x", "X", "\\", "\\u00e4", "\\ud83d", "\\ude00", "\u00E4", "\U0001F600", "\u00FF", "\"a\":",
        "{}", "[]", "\"execute\"", "\"query-status\"", "@", "%d", "\u007F",
    ];

    [FsCheck.NUnit.Property(MaxTest = 2000)]
    public bool Any_split_of_any_input_gives_the_same_output(int[] choices, byte[] noise, int[] cuts)
    {
        byte[] input =
        [
            .. choices.SelectMany(c => Encoding.UTF8.GetBytes(Pieces[(int)((uint)c % Pieces.Length)])),
            .. noise.Take(4),
            .. "}]{\"id\":[1,2]}"u8,
        ];
        int[] sorted = [.. cuts.Select(c => (int)((uint)c % (input.Length + 1))).Order()];
        return HoldsIn(JsonDialect.Qemu10) && HoldsIn(JsonDialect.Qemu11);

        bool HoldsIn(JsonDialect dialect)
        {
            List<string> whole = DialectTests.Outcomes(dialect, input);
            return DialectTests.Outcomes(dialect, input, sorted).SequenceEqual(whole)
                && DialectTests.Outcomes(dialect, input, [.. Enumerable.Range(0, input.Length)]).SequenceEqual(whole);
        }
    }

    [FsCheck.NUnit.Property(MaxTest = 2000)]
    public bool All_dialects_read_the_same_value(int[] choices)
    {
        byte[] input =
            [.. choices.SelectMany(c => Encoding.UTF8.GetBytes(Pieces[(int)((uint)c % Pieces.Length)])), .. "\n"u8];
        return FirstValue(JsonDialect.Qemu10) == FirstValue(JsonDialect.Qemu11);

        string? FirstValue(JsonDialect dialect)
        {
            string? first = DialectTests.Outcomes(dialect, input).FirstOrDefault();
            return first is null || first.StartsWith('!') ? null : first;
        }
    }

    [FsCheck.NUnit.Property(MaxTest = 1000)]
    public Property Any_value_survives_writing_and_reading() => Prop.ForAll(Arb.From(Values(4)), value =>
    {
        string text = DialectTests.Echo(value);
        JToken again = Parse(text);
        Assert.That(JToken.DeepEquals(again, value), Is.True, text);
        // Members of one bucket change places each time, in QEMU too.
        Assert.That(DialectTests.Echo(Parse(DialectTests.Echo(again))), Is.EqualTo(text));
    });

    [FsCheck.NUnit.Property(MaxTest = 1000)]
    public bool Doubles_survive(NormalFloat value)
    {
        Span<byte> text = stackalloc byte[NumberLiteral.MaxFormatted];
        text = text[..NumberLiteral.Format(value.Get, text)];
        return NumberLiteral.ToDouble(text).Equals(value.Get);
    }

    [Test]
    public void Random_bytes_neither_throw_nor_pile_up()
    {
        const int Seed = 20250102;
        var random = new Random(Seed);
        using var parser = new JsonMessageParser();
        byte[] chunk = new byte[1000];
        int chunks = FuzzedBytes.Count / chunk.Length;
        int events = 0;
        for (int i = 0; i < chunks; i++)
        {
            // Alternately any bytes, and bytes that mean something.
            random.NextBytes(chunk);
            if (i % 2 == 1) chunk = [.. chunk.Select(b => "{}[]:,\"'\\u0019.-+e tf\n\u00FF"u8[b % 24])];
            for (ReadOnlySpan<byte> rest = chunk; !rest.IsEmpty;)
            {
                JsonParseOutcome outcome = parser.Feed(rest, out int consumed);
                rest = rest[consumed..];
                if (outcome != JsonParseOutcome.NeedMore) events++;
                Assert.That(parser.Message.Text.Length, Is.LessThanOrEqualTo(1_000_000), $"seed {Seed}");
                Assert.That(parser.Message.Count, Is.LessThanOrEqualTo(1_000_000), $"seed {Seed}");
            }
        }

        Assert.That(events, Is.GreaterThan(FuzzedBytes.Count / 100), $"seed {Seed}");
    }

    private static JToken Parse(string text) => JToken.ReadFrom(new QmpJsonReader(Encoding.UTF8.GetBytes(text)));

    private static Gen<JToken> Values(int depth)
    {
        // Doubles with a fraction: whole ones are written, and read back, as integers.
        Gen<JToken> scalar = Gen.OneOf(
            Gen.Constant<JToken>(JValue.CreateNull()),
            ArbMap.Default.GeneratorFor<bool>().Select(b => (JToken)new JValue(b)),
            ArbMap.Default.GeneratorFor<long>().Select(l => (JToken)new JValue(l)),
            ArbMap.Default.GeneratorFor<uint>().Select(u => (JToken)new JValue(ulong.MaxValue - u)),
            ArbMap.Default.GeneratorFor<int>().Select(i => (JToken)new JValue(i + 0.1)),
            Text().Select(s => (JToken)new JValue(s)));
        if (depth == 0) return scalar;
        Gen<JToken> list = Values(depth - 1).ArrayOf().Select(
            items => (JToken)new JArray(items.Cast<object>().ToArray()));
        Gen<JToken> members = Text().Zip(Values(depth - 1)).ArrayOf().Select(pairs =>
        {
            var result = new JObject();
            foreach ((string name, JToken value) in pairs) result[name] = value;
            return (JToken)result;
        });
        return Gen.Frequency((3, scalar), (1, list), (1, members));
    }

    /// <summary>Any characters that the dialect lets through.</summary>
    private static Gen<string> Text() => Gen.OneOf(
            Gen.Choose(0x20, 0x7E),
            Gen.Choose(0, 0xFFFF),
            Gen.Choose(0x10000, 0x10FFFF))
        .Where(ModifiedUtf8.IsCharacter)
        .ArrayOf()
        .Select(scalars => string.Concat(scalars.Select(char.ConvertFromUtf32)));
}
