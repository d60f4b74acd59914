using System.Text;
using Qmp.Shell.Output;

namespace Qmp.Shell.Tests.Output;

[TestFixture]
internal sealed class ForeignTextTests
{
    [TestCase("plain äöü 漢 😀", "plain äöü 漢 😀")]
    [TestCase("a\tb\nc", "a\tb\nc")]
    [TestCase("\e]0;title\a", "\\u001b]0;title\\u0007")]
    [TestCase("\u009b31m\u009d0;x\u009c", "\\u009b31m\\u009d0;x\\u009c")]
    [TestCase("over\rwritten\b\u007f\0", "over\\u000dwritten\\u0008\\u007f\\u0000")]
    [TestCase("\u202egnp.exe\u2066\u200f", "\\u202egnp.exe\\u2066\\u200f")]
    [TestCase("line\u2028separator", "line\\u2028separator")]
    public void What_a_terminal_would_obey_is_shown(string text, string shown)
    {
        Assert.That(ForeignText.Escape(text), Is.EqualTo(shown));
        var written = new StringWriter();
        using var writer = new EscapingWriter(written);
        writer.Write(text);
        foreach (char c in text) writer.Write(char.IsSurrogate(c) ? ' ' : c);
        Assert.That(written.ToString(), Does.StartWith(shown));
        Assert.That(written.ToString(), Does.Not.Contain("\e").And.Not.Contain("\u009b").And.Not.Contain("\u202e"));
    }

    [Test]
    public void Half_a_pair_is_shown() => Assert.That(ForeignText.Escape("a\ud83dz"), Is.EqualTo("a\\ud83dz"));

    [Test]
    public void What_is_for_one_line_stays_on_it() =>
        Assert.That(ForeignText.OneLine("a\nb\tc"), Is.EqualTo("a\\nb\\tc"));

    [Test]
    public void Colours_are_outside_of_what_is_escaped()
    {
        Assert.That(new Paint(true).Error("\e[2J").Text, Is.EqualTo("\e[31m\\u001b[2J\e[0m"));
        Assert.That(new Paint(false).Plain("\e[2J").Text, Is.EqualTo("\\u001b[2J"));
        Assert.That(default(Painted).Text, Is.Empty);
    }

    [Test]
    public void No_control_character_is_safe()
    {
        for (int i = 0; i <= 0xffff; i++)
        {
            if (i is '\t' or '\n' || (i >= 0xd800 && i < 0xe000)) continue;
            var rune = new Rune(i);
            if (Rune.IsControl(rune)) Assert.That(ForeignText.IsUnsafe(rune), $"U+{i:x4}");
        }
    }
}
