using System.Text;
using Qmp.Protocol.Json;

namespace Qmp.Protocol.Tests.Json;

/// <summary>The dialect of QEMU 11.1. Inputs and answers were seen with 11.1.3.</summary>
internal sealed class NewerDialectTests
{
    private const string Parse = "JSON parse error, ";

    [TestCase("{\"a\":1 \"b\":2}", "1:8", "expected ',' or '}'")]
    [TestCase("[1 2]", "1:4", "expected ',' or ']'")]
    [TestCase("[1 \"\\q\"]", "1:4", "expected ',' or ']'")]
    [TestCase("{\"a\" 1}", "1:6", "expecting ':'")]
    [TestCase("{\"a\" \"\\q\"}", "1:6", "expecting ':'")]
    [TestCase("{1:2}", "1:2", "expecting key")]
    [TestCase("{[x]:2}", "1:2", "expecting key")]
    [TestCase("{tru:2}", "1:2", "expecting key")]
    [TestCase("{,}", "1:2", "expecting key")]
    [TestCase("{\"a\":1,}", "1:8", "expecting key")]
    [TestCase("{]", "1:2", "expecting key")]
    [TestCase("[1,]", "1:4", "expecting value")]
    [TestCase("]", "1:1", "expecting value")]
    [TestCase("[}", "1:2", "expecting value")]
    [TestCase("{\"\\q\":1}", "1:2", "invalid escape sequence in string")]
    [TestCase("{\"a\":1,\"a\":\"\\q\"}", "1:12", "invalid escape sequence in string")]
    [TestCase("{\"a\":1,\"a\":2}", "1:12", "duplicate key")]
    [TestCase("{\"a\":1,\"a\":{\"b\":\"\"}}", "1:19", "duplicate key")]
    [TestCase("{\"a\":1,\"a\":[1,2\n]}", "2:1", "duplicate key")]
    [TestCase("[nul]", "1:2", "invalid keyword 'nul'")]
    [TestCase("[\n\n \"\\uffff\"]", "3:2", "\\uffff is not a valid Unicode character")]
    [TestCase("[\"\uFDD0\"]", "1:2", "invalid UTF-8 sequence in string")]
    public void A_syntax_error_has_the_place_of_its_token(string input, string place, string text) =>
        Assert.That(Outcomes(input), Is.EqualTo([$"!{place}: {Parse}{text}"]));

    [TestCase("\t\r\n \u00E4", "2:2: stray '\uFFFD'")]
    [TestCase("[\"\u00E4\", @", "1:8: stray '@'")]
    [TestCase("[1.]", "1:2: stray '1.]'")]
    [TestCase("  \"b\n }", "1:3: stray '\"b\n'", "2:3: expecting value")]
    [TestCase("1.\n}", "1:1: stray '1.\n'", "2:2: expecting value")]
    [TestCase("'a\r\n}", "1:1: stray ''a\r'", "2:1: expecting value")]
    public void A_lexical_error_has_the_place_where_its_token_begins(string input, params string[] expected) =>
        Assert.That(Outcomes(input), Is.EqualTo(expected.Select(Worded)));

    [TestCase("{\"a\":@}", "1:6: stray '@'", "1:8: expecting value")]
    [TestCase("[[[@]]]", "1:4: stray '@'", "1:6: expecting value", "1:6: expecting value", "1:7: expecting value")]
    [TestCase("\n\n\n   @ }", "4:4: stray '@'", "4:7: expecting value")]
    [TestCase("@ }", "1:1: stray '@'", "1:4: expecting value")]
    [TestCase("@\n}", "1:1: stray '@'", "2:1: expecting value")]
    [TestCase("@\r}", "1:1: stray '@'", "1:3: expecting value")]
    [TestCase("@\u0001", "1:1: stray '@'", "1:3: stray '\u0001'")]
    [TestCase("@,,", "1:1: stray '@'", "1:3: expecting value", "1:3: expecting value")]
    [TestCase("@[1 2]", "1:1: stray '@'", "1:5: expected ',' or ']'")]
    public void The_byte_that_ends_the_recovery_counts_twice(string input, params string[] expected) =>
        Assert.That(Outcomes(input), Is.EqualTo(expected.Select(Worded)));

    [TestCase("1]", "1:3: expecting value")]
    [TestCase("1 ]", "1:3: expecting value")]
    [TestCase("1],", "1:3: expecting value", "1:3: expecting value")]
    [TestCase("[1\"a\"]", "1:4: expected ',' or ']'")]
    [TestCase("[true1,,]", "1:7: expected ',' or ']'")]
    [TestCase("[2,1.5e1}]", "1:10: expected ',' or ']'", "1:10: expecting value")]
    [TestCase("{\"a\":1,\"a\":{\"b\":2}}", "1:19: duplicate key")]
    [TestCase("[nul@", "1:2: invalid keyword 'nul'")]
    [TestCase("[1@", "1:4: stray '@'")]
    public void A_byte_that_ends_a_number_or_keyword_counts_twice(string input, params string[] expected) =>
        Assert.That(Outcomes(input).Where(o => o.StartsWith('!')), Is.EqualTo(expected.Select(Worded)));

    [TestCase("{\"a\" 1,2} {}", "!1:6: JSON parse error, expecting ':'", "{}")]
    [TestCase("[1 2 [{]}] [3]", "!1:4: JSON parse error, expected ',' or ']'", "[3]")]
    [TestCase("[1 2 tru nul,, 3 4] 5 ", "!1:4: JSON parse error, expected ',' or ']'", "5")]
    public void The_rest_of_a_wrong_value_is_skipped(string input, params string[] expected) =>
        Assert.That(Outcomes(input), Is.EqualTo(expected));

    [TestCase("[1 2 \"a\n 5 ", "1:4: expected ',' or ']'")]
    [TestCase("[1 2 @ ] }", "1:4: expected ',' or ']'", "1:9: expecting value", "1:10: expecting value")]
    [TestCase("{\"a\" 1 @ }", "1:6: expecting ':'", "1:11: expecting value")]
    public void A_lexical_error_ends_the_skipping_in_silence(string input, params string[] expected) =>
        Assert.That(
            Outcomes(input).Where(o => o.StartsWith('!')), Is.EqualTo(expected.Select(Worded)));

    [Test]
    public void A_byte_of_all_ones_ends_the_skipping_in_silence() => Assert.That(
        Outcomes([.. "[1 2 [[[ "u8, 0xFF, .. " }"u8]),
        Is.EqualTo([Worded("1:4: expected ',' or ']'"), Worded("1:13: expecting value")]));

    [Test]
    public void An_error_is_told_before_its_value_ends()
    {
        using var parser = new JsonMessageParser(JsonDialect.Qemu11);
        Assert.That(parser.Feed("{\"a\" 1"u8, out _), Is.EqualTo(JsonParseOutcome.NeedMore));
        Assert.That(parser.Feed(","u8, out int consumed), Is.EqualTo(JsonParseOutcome.Error));
        Assert.That((parser.Error, consumed), Is.EqualTo(("1:6: JSON parse error, expecting ':'", 0)));
        Assert.That(parser.Feed(",\"b\":[]"u8, out _), Is.EqualTo(JsonParseOutcome.NeedMore));
        Assert.That(parser.Message.Text.Length, Is.Zero, "what is skipped is not kept");
        Assert.That(parser.Feed("}{}"u8, out consumed), Is.EqualTo(JsonParseOutcome.Message));
        Assert.That((parser.Message.Count, consumed), Is.EqualTo((2, 3)));
    }

    [Test]
    public void A_value_that_is_nested_too_deeply_is_skipped()
    {
        string open = new('[', 1025);
        string close = new(']', 1025);
        Assert.That(Outcomes($"{open}{close}1 "), Is.EqualTo(["!JSON nesting depth limit exceeded", "1"]));
        // The limit comes before the syntax of the same token.
        Assert.That(Outcomes($"{open[1..]}1 [{close}1 "), Is.EqualTo(["!JSON nesting depth limit exceeded", "1"]));
        Assert.That(
            Outcomes([.. Encoding.UTF8.GetBytes(open), 0xFF, .. "}"u8]),
            Is.EqualTo(["!JSON nesting depth limit exceeded", Worded("1:1028: expecting value")]));
        Assert.That(Outcomes(open + " {} {}"), Is.EqualTo(["!JSON nesting depth limit exceeded"]));
    }

    [Test]
    public void A_value_of_too_many_tokens_is_skipped()
    {
        string elements = string.Concat(Enumerable.Repeat("1,", JsonLimits.MaxTokens / 2));
        Assert.That(
            Outcomes($"[{elements}{elements}1]2 "), Is.EqualTo(["!JSON token count limit exceeded", "2"]));
    }

    [Test]
    public void A_value_of_more_than_64_MiB_is_skipped()
    {
        using var parser = new JsonMessageParser(JsonDialect.Qemu11);
        byte[] half = Encoding.ASCII.GetBytes($"\"{new string('a', JsonLimits.MaxTokenBytes / 2)}\",");
        Assert.That(parser.Feed("["u8, out _), Is.EqualTo(JsonParseOutcome.NeedMore));
        Assert.That(parser.Feed(half, out _), Is.EqualTo(JsonParseOutcome.NeedMore));
        Assert.That(parser.Feed(half, out _), Is.EqualTo(JsonParseOutcome.Error));
        Assert.That(parser.Error, Is.EqualTo("JSON token size limit exceeded"));
        Assert.That(parser.Feed(",1] {}"u8, out int consumed), Is.EqualTo(JsonParseOutcome.Message));
        Assert.That((parser.Message.Count, consumed), Is.EqualTo((2, 6)));
    }

    [TestCase("{\"a\" 1,", "1:6: expecting ':'")]
    [TestCase("[1\n,", "2:2: premature EOI")]
    [TestCase("[1 2", "1:4: expected ',' or ']'")]
    [TestCase("{1", "1:2: expecting key")]
    [TestCase("\n\"a", "2:1: stray '\"a'")]
    public void The_end_of_the_input_adds_one_error_at_most(string input, string error)
    {
        using var parser = new JsonMessageParser(JsonDialect.Qemu11);
        var errors = new List<string?>();
        if (parser.Feed(Encoding.UTF8.GetBytes(input), out _) == JsonParseOutcome.Error) errors.Add(parser.Error);
        if (parser.Finish() == JsonParseOutcome.Error) errors.Add(parser.Error);
        Assert.That(errors.Select(e => "!" + e), Is.EqualTo([Worded(error)]));
    }

    [TestCase("[1 2]{} 5 @ }\n[\"\\q\" @")]
    [TestCase("  \"b\n @ }] 01 -} 5\n 5 tru ")]
    public void A_place_does_not_depend_on_how_the_input_comes(string text)
    {
        byte[] input = Encoding.UTF8.GetBytes(text);
        List<string> whole = Outcomes(input);
        Assert.That(whole, Is.Not.Empty);
        for (int cut = 0; cut <= input.Length; cut++)
        {
            Assert.That(DialectTests.Outcomes(JsonDialect.Qemu11, input, cut), Is.EqualTo(whole), $"cut at {cut}");
        }

        Assert.That(
            DialectTests.Outcomes(JsonDialect.Qemu11, input, [.. Enumerable.Range(0, input.Length)]),
            Is.EqualTo(whole));
    }

    private static string Worded(string error)
    {
        int text = error.IndexOf(' ', StringComparison.Ordinal) + 1;
        return $"!{error[..text]}{Parse}{error[text..]}";
    }

    private static List<string> Outcomes(string input) => Outcomes(Encoding.UTF8.GetBytes(input));

    private static List<string> Outcomes(ReadOnlySpan<byte> input) => DialectTests.Outcomes(JsonDialect.Qemu11, input);
}
