using System.Text;

namespace Qapi.Tests;

/// <summary>Where lexical and grammatical errors are said to be.</summary>
public sealed class LexicalPositionTests
{
    [TestCase("{ 'command': 'a' } !", "1:20", TestName = "Column counts from 1")]
    [TestCase("\t!", "1:1", TestName = "Tab at column 1 leaves it")]
    [TestCase("{ }\t!", "1:4", TestName = "Tab further on does not go to a tab stop")]
    [TestCase("        \t!", "1:1", TestName = "Tab at column 9 falls back to column 1")]
    [TestCase("\n\n  !", "3:3", TestName = "Lines count from 1")]
    [TestCase("\r\n\r\n  !", "3:3", TestName = "CRLF is one line end")]
    [TestCase("\r\r  !", "3:3", TestName = "CR is a line end")]
    [TestCase("# \U0001F600\n{} !", "2:4", TestName = "Comment lines count")]
    [TestCase("\u00a0\u2028!", "1:3", TestName = "Unicode space counts a column and ends no line")]
    public void Stray_character_is_located(string text, string position) =>
        Assert.That(Load.Error(text), Is.EqualTo($"schema.json:{position}: stray '!'"));

    [TestCase("{", "1:2", TestName = "End of file without final line feed")]
    [TestCase("{\n", "1:2", TestName = "End of file is at the last line feed")]
    [TestCase("{\n\n\n", "3:1", TestName = "Blank lines at the end move the end")]
    [TestCase("{ # more\n", "1:9", TestName = "End of file behind a comment")]
    [TestCase("{\r\n", "1:2", TestName = "End of file behind CRLF")]
    public void End_of_file_is_located(string text, string position) =>
        Assert.That(Load.Error(text), Is.EqualTo($"schema.json:{position}: expected string or '}}'"));

    [Test]
    public void Stray_text_is_shown_up_to_the_next_token_or_blank()
    {
        Assert.That(Load.Error("\U0001F600x y"), Is.EqualTo("schema.json:1:1: stray '\U0001F600x'"));
        Assert.That(Load.Error("{ 'command': \U0001F600, }"), Does.EndWith(": stray '\U0001F600'"));
        Assert.That(Load.Error("a-1.5]"), Does.EndWith(": stray 'a-1.5'"));
    }

    [Test]
    public void Column_behind_a_character_beyond_the_basic_plane_counts_it_once() =>
        Assert.That(Load.Error("{\u00a0} x\U0001F600y"), Is.EqualTo("schema.json:1:5: stray 'x\U0001F600y'"));

    [Test]
    public void String_error_is_at_the_opening_quote()
    {
        Assert.That(Load.Error("{ 'comm\u00e9nd' }"), Does.StartWith("schema.json:1:3: funny"));
        Assert.That(Load.Error("{ 'comm\\'and' }"), Is.EqualTo("schema.json:1:3: unknown escape \\'"));
        Assert.That(Load.Error("{ 'a\\\U0001F600' }"), Does.EndWith(": unknown escape \\\U0001F600"));
        Assert.That(Load.Error("{ 'a\\"), Is.EqualTo("schema.json:1:3: missing terminating \"'\""));
    }

    [Test]
    public void Doubled_backslashes_become_one()
    {
        var error = Load.Error("{ 'command': 'a\\\\b\\\\' }");
        Assert.That(error, Is.EqualTo("schema.json: In command 'a\\b\\':\nschema.json:1: command has an invalid name"));
    }

    [Test]
    public void Byte_order_mark_is_stray()
    {
        byte[] content = [0xef, 0xbb, 0xbf, (byte)'{', (byte)'}'];
        Assert.That(Load.Result(content).Error!.Render(), Is.EqualTo("schema.json:1:1: stray '\ufeff'"));
    }

    [Test]
    public void Error_carries_its_parts()
    {
        var error = Load.Result("\n  {'command' 'a'}").Error!;
        Assert.That((error.File, error.Line, error.Column), Is.EqualTo(("schema.json", 2, 14)));
        Assert.That((error.Message, error.Context, error.Continuation),
            Is.EqualTo(("expected ':'", (string?)null, (string?)null)));
    }

    [Test]
    public void Empty_files_are_schemas()
    {
        Assert.That(Load.Error(""), Is.Null);
        Assert.That(Load.Error("\n"), Is.Null);
        Assert.That(Load.Error("# nothing"), Is.Null);
    }

    [Test]
    public void Nul_is_stray_like_any_other_character() =>
        Assert.That(Load.Result(Encoding.UTF8.GetBytes("{}\0")).Error!.Render(),
            Is.EqualTo("schema.json:1:3: stray '\0'"));
}
