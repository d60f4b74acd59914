using System.Text;
using Newtonsoft.Json.Linq;
using Qmp.Protocol.Json;

namespace Qmp.Protocol.Tests.Json;

internal sealed class DialectTests
{
    /// <summary>What input leads to: values as QEMU would echo them, errors behind a <c>!</c>.</summary>
    internal static List<string> Outcomes(ReadOnlySpan<byte> input, params ReadOnlySpan<int> cuts) =>
        Outcomes(null, input, cuts);

    /// <inheritdoc cref="Outcomes(ReadOnlySpan{byte}, ReadOnlySpan{int})"/>
    internal static List<string> Outcomes(
        JsonDialect? dialect, ReadOnlySpan<byte> input, params ReadOnlySpan<int> cuts)
    {
        using var parser = new JsonMessageParser(dialect);
        var outcomes = new List<string>();
        int start = 0;
        foreach (int cut in (ReadOnlySpan<int>)[.. cuts, input.Length])
        {
            ReadOnlySpan<byte> piece = input[start..cut];
            start = cut;
            while (true)
            {
                JsonParseOutcome outcome = parser.Feed(piece, out int consumed);
                piece = piece[consumed..];
                if (outcome == JsonParseOutcome.NeedMore) break;
                outcomes.Add(outcome == JsonParseOutcome.Error ? "!" + parser.Error : Echo(parser.Message.ToJToken(0)));
            }
        }

        return outcomes;
    }

    internal static string Echo(JToken value)
    {
        using var buffer = new ByteBuffer();
        new QmpJsonWriter(buffer).WriteOrdered(value);
        return Encoding.ASCII.GetString(buffer.Span);
    }

    [TestCase("0 ", "0")]
    [TestCase("-0 ", "0")]
    [TestCase("-0.0 ", "-0")]
    [TestCase("9223372036854775807 ", "9223372036854775807")]
    [TestCase("18446744073709551615 ", "18446744073709551615")]
    [TestCase("18446744073709551616 ", "1.8446744073709552e+19")]
    [TestCase("-9223372036854775808 ", "-9223372036854775808")]
    [TestCase("-9223372036854775809 ", "-9.2233720368547758e+18")]
    [TestCase("0.1 ", "0.10000000000000001")]
    [TestCase("1.0 ", "1")]
    [TestCase("1e3 ", "1000")]
    [TestCase("1E3 ", "1000")]
    [TestCase("1e17 ", "1e+17")]
    [TestCase("123456789012345678e-5 ", "1234567890123.4568")]
    [TestCase("1.5e-7 ", "1.4999999999999999e-07")]
    [TestCase("0.0001 ", "0.0001")]
    [TestCase("0.00001 ", "1.0000000000000001e-05")]
    [TestCase("5e-324 ", "4.9406564584124654e-324")]
    [TestCase("1e400 ", "inf")]
    [TestCase("-1e400 ", "-inf")]
    public void Numbers_are_exact_or_17_digits(string input, string expected) =>
        Assert.That(Outcomes(Encoding.UTF8.GetBytes(input)), Is.EqualTo([expected]));

    [TestCase("""'a"b'""", "\"a\\\"b\"")]
    [TestCase("""'\''""", "\"'\"")]
    [TestCase("\"\\b\\f\\n\\r\\t\\\\\\/\\\"\"", "\"\\b\\f\\n\\r\\t\\\\/\\\"\"")]
    [TestCase("\"\u007F\u00E4\u20AC\"", "\"\\u007F\\u00E4\\u20AC\"")]
    [TestCase("\"\U0001F600\"", "\"\\uD83D\\uDE00\"")]
    [TestCase("\"\\ud83d\\ude00\"", "\"\\uD83D\\uDE00\"")]
    [TestCase("\"\\u0000\\u001f\"", "\"\\u0000\\u001F\"")]
    [TestCase("\"%s %d\"", "\"%s %d\"")]
    public void Strings_are_echoed_in_ASCII(string input, string expected) =>
        Assert.That(Outcomes(Encoding.UTF8.GetBytes(input)), Is.EqualTo([expected]));

    [TestCase("{\"b\": 1, \"a\": [ ], \"c\": { }}", "{\"a\": [], \"b\": 1, \"c\": {}}")]
    [TestCase("{\"major\": 10, \"minor\": 0, \"micro\": 2}", "{\"micro\": 2, \"minor\": 0, \"major\": 10}")]
    [TestCase("{}{}", "{}", "{}")]
    [TestCase("1 true\tnull\n\"x\"", "1", "true", "null", "\"x\"")]
    public void Values_end_where_brackets_balance(string input, params string[] expected) =>
        Assert.That(Outcomes(Encoding.UTF8.GetBytes(input)), Is.EqualTo(expected));

    [TestCase("{\"a\":1,}", "expecting value")]
    [TestCase("[1,]", "expecting value")]
    [TestCase("{,}", "expecting value")]
    [TestCase("}", "expecting value")]
    [TestCase("{\"a\" 1}", "missing : in object pair")]
    [TestCase("{1:2}", "key is not a string in object")]
    [TestCase("{[x]:2}", "invalid keyword 'x'")]
    [TestCase("{\"a\":1 \"b\":2}", "expected separator in dict")]
    [TestCase("[1 2]", "expected separator in list")]
    [TestCase("[0e0]", "expected separator in list")]
    [TestCase("[1L]", "stray 'L'", "expecting value")]
    [TestCase("{\"a\":1,'a':2}", "duplicate key")]
    [TestCase("{\"a\":{\"b\":1,\"\\u0062\":2}}", "duplicate key")]
    [TestCase("[nul]", "invalid keyword 'nul'")]
    [TestCase("[\"\\x\"]", "invalid escape sequence in string")]
    [TestCase("[\"\\u12\"]", "\\u12\" is not a valid Unicode character")]
    [TestCase("[\"\\u1\"]", "\\u1\" is not a valid Unicode character")]
    [TestCase("[\"\\u 041\"]", "\\u 041 is not a valid Unicode character")]
    [TestCase("[\"\\ud83dx\"]", "\\ud83d is not a valid Unicode character")]
    [TestCase("[\"\\ud83d\\u0041\"]", "\\ud83d is not a valid Unicode character")]
    [TestCase("[\"\\ud83f\\udffe\"]", "\\ud83f\\udffe is not a valid Unicode character")]
    [TestCase("[\"\\uffff\"]", "\\uffff is not a valid Unicode character")]
    [TestCase("[\"\uFDD0\"]", "invalid UTF-8 sequence in string")]
    [TestCase("{\"a\"]}", "missing : in object pair", "expecting value")]
    [TestCase("[[}", "expecting value")]
    public void Syntax_errors_are_worded_as_QEMU_does(string input, params string[] expected) => Assert.That(
        Outcomes(Encoding.UTF8.GetBytes(input)), Is.EqualTo(expected.Select(e => $"!JSON parse error, {e}")));

    [TestCase("{\"a\":@}", "stray '@'", "expecting value")]
    [TestCase("[[[@]]]", "stray '@'", "expecting value", "expecting value", "expecting value")]
    [TestCase("[-}", "stray '-}'")]
    [TestCase("[1.}", "stray '1.}'")]
    [TestCase("[\"a\n", "stray '\"a\n'")]
    [TestCase("[01", "stray '01'")]
    [TestCase("--", "stray '--'")]
    [TestCase("+\t$%;=\n", "stray '+'")]
    [TestCase("\0\0", "stray ''", "stray ''")]
    public void Lexical_errors_show_the_token_and_skip_to_a_structural_byte(string input, params string[] expected) =>
        Assert.That(
        Outcomes(Encoding.UTF8.GetBytes(input)), Is.EqualTo(expected.Select(e => $"!JSON parse error, {e}")));

    [Test]
    public void A_byte_of_all_ones_resets_the_parser() => Assert.That(
        Outcomes([.. "{\"a\":["u8, 0xFF, .. "{}"u8]),
        Is.EqualTo(["!JSON parse error, stray '\uFFFD'", "{}"]));

    [Test]
    public void An_overlong_NUL_is_a_character_and_other_overlong_forms_are_none() => Assert.That(
        Outcomes([.. "[\""u8, 0xC0, 0x80, .. "\"]"u8, .. "[\""u8, 0xC0, 0xAF, .. "\"]"u8]),
        Is.EqualTo(["[\"\\u0000\"]", "!JSON parse error, invalid UTF-8 sequence in string"]));

    [Test]
    public void Nesting_ends_at_1024()
    {
        string fits = new string('[', 1024) + new string(']', 1024);
        Assert.That(Outcomes(Encoding.UTF8.GetBytes(fits)), Is.EqualTo([fits]));
        List<string> outcomes = Outcomes(Encoding.UTF8.GetBytes($"[{fits}]"));
        Assert.That(outcomes[0], Is.EqualTo("!JSON nesting depth limit exceeded"));
        Assert.That(outcomes[1..], Has.Count.EqualTo(1025).And.All.EqualTo("!JSON parse error, expecting value"));
    }

    [Test]
    public void Tokens_end_at_two_million() => Assert.That(
        Outcomes([.. "["u8, .. Enumerable.Repeat("1,"u8.ToArray(), JsonLimits.MaxTokens / 2).SelectMany(b => b)]),
        Is.EqualTo(["!JSON token count limit exceeded"]));

    [Test]
    public void A_token_ends_at_64_MiB_and_the_rest_is_new_input()
    {
        using var parser = new JsonMessageParser();
        byte[] chunk = new byte[1 << 20];
        Array.Fill(chunk, (byte)'1');
        Assert.That(parser.Feed("\""u8, out _), Is.EqualTo(JsonParseOutcome.NeedMore));
        for (int i = 0; i < 63; i++) Assert.That(parser.Feed(chunk, out _), Is.EqualTo(JsonParseOutcome.NeedMore));
        Assert.That(parser.Feed(chunk.AsSpan(1), out _), Is.EqualTo(JsonParseOutcome.NeedMore));
        Assert.That(parser.Feed("1 {}"u8, out int consumed), Is.EqualTo(JsonParseOutcome.Error));
        Assert.That((parser.Error, consumed), Is.EqualTo(("JSON token size limit exceeded", 1)));
        Assert.That(parser.Feed(" {}"u8, out _), Is.EqualTo(JsonParseOutcome.Message));
    }

    [Test]
    public void White_space_is_not_kept()
    {
        using var parser = new JsonMessageParser();
        byte[] chunk = new byte[1 << 20];
        Array.Fill(chunk, (byte)' ');
        parser.Feed("["u8, out _);
        for (int i = 0; i < 128; i++) parser.Feed(chunk, out _);
        Assert.That(parser.Message.Text.Length, Is.Zero);
        Assert.That(parser.Feed("]"u8, out _), Is.EqualTo(JsonParseOutcome.Message));
    }

    [Test]
    public void An_object_with_many_members_finds_its_duplicate()
    {
        string members = string.Join(",", Enumerable.Range(0, 5000).Select(i => $"\"k{i}\":{i}"));
        Assert.That(Outcomes(Encoding.UTF8.GetBytes($"{{{members}}}")), Has.One.StartsWith("{"));
        Assert.That(
            Outcomes(Encoding.UTF8.GetBytes($"{{{members},\"k77\":0}}")),
            Is.EqualTo(["!JSON parse error, duplicate key"]));
    }

    [TestCase("{\"a\": [1", "JSON parse error, premature EOI")]
    [TestCase("{", "JSON parse error, premature EOI")]
    [TestCase("{\"a\"", "JSON parse error, premature EOI")]
    [TestCase("\"a", "JSON parse error, stray '\"a'")]
    [TestCase("", "JSON parse error, expecting value")]
    [TestCase("{} x", "Expecting at most one JSON value")]
    public void A_whole_text_must_be_one_value(string text, string error) => Assert.That(
        () => JsonMessage.Parse(Encoding.UTF8.GetBytes(text)),
        Throws.TypeOf<Newtonsoft.Json.JsonReaderException>().With.Message.EqualTo(error));

    [TestCase("12")]
    [TestCase("true")]
    [TestCase(" 1.5e3")]
    public void A_whole_text_may_end_with_its_last_token(string text) =>
        Assert.That(JsonMessage.Parse(Encoding.UTF8.GetBytes(text)).Count, Is.EqualTo(1));
}
