using System.Text;
using Qmp.Shell.Terminal;

namespace Qmp.Shell.Tests.Terminal;

[TestFixture]
internal sealed class KeyDecoderTests
{
    [TestCase("a", "Text a")]
    [TestCase("aé漢😀", "Text a, Text é, Text 漢, Text 😀")]
    [TestCase("\r", "Enter")]
    [TestCase("\n", "Enter")]
    [TestCase("\t", "Complete")]
    [TestCase("\u007f\b", "EraseBack, EraseBack")]
    [TestCase("\e[3~", "EraseForward")]
    [TestCase("\e[D\e[C\e[A\e[B", "Left, Right, Older, Newer")]
    [TestCase("\eOD\eOC\eOA\eOB", "Left, Right, Older, Newer")]
    [TestCase("\u0002\u0006\u0010\u000e", "Left, Right, Older, Newer")]
    [TestCase("\e[H\e[F\eOH\eOF", "Home, End, Home, End")]
    [TestCase("\e[1~\e[4~\e[7~\e[8~", "Home, End, Home, End")]
    [TestCase("\u0001\u0005", "Home, End")]
    [TestCase("\e[1;5D\e[1;5C\e[1;3D\e[1;3C", "WordLeft, WordRight, WordLeft, WordRight")]
    [TestCase("\eb\ef", "WordLeft, WordRight")]
    [TestCase("\u0017\e\u007f\ed\e[3;5~", "EraseWordBack, EraseWordBack, EraseWordForward, EraseWordForward")]
    [TestCase("\u0015\u000b\u0019", "EraseToStart, EraseToEnd, Yank")]
    [TestCase("\u0003\u0004", "Interrupt, EndOfInput")]
    [TestCase("\u0012\u000c", "Search, ClearScreen")]
    [TestCase("\e[200~x\e[15;2~y", "Text x, Text y")]
    [TestCase("\exa", "Text a")]
    public void Keys(string typed, string keys)
    {
        var decoder = new KeyDecoder();
        IEnumerable<string> pressed = Encoding.UTF8.GetBytes(typed)
            .Select(decoder.Feed)
            .Where(p => p.Key != Key.None)
            .Select(p => p.Text.Length > 0 ? $"{p.Key} {p.Text}" : p.Key.ToString());
        Assert.That(string.Join(", ", pressed), Is.EqualTo(keys));
    }

    [Test]
    public void What_is_no_text_is_not_typed()
    {
        var decoder = new KeyDecoder();
        byte[] bytes = [0xff, 0xc3, 0x28, (byte)'a'];
        Assert.That(bytes.Select(decoder.Feed).Last(), Is.EqualTo(new KeyPress(Key.Text, "a")));
    }
}
