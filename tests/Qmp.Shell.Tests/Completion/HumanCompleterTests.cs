using Qmp.Shell.Completion;

namespace Qmp.Shell.Tests.Completion;

[TestFixture]
internal sealed class HumanCompleterTests
{
    private const string Help =
        "announce_self [interfaces] [id] -- Trigger GARP\r\nc|cont  -- resume emulation\r\n"
        + "help|? [cmd] -- show the help\r\ninfo [subcommand] -- show various information\r\n\t\t continued\r\n";

    private const string Infos = "info migrate  -- show migration status\r\ninfo mice -- show\r\ninfo status -- show\r\n";

    private readonly HumanCompleter _completer = new(Help, Infos);

    [TestCase("an", 0, "announce_self")]
    [TestCase("c", 0, "cont")]
    [TestCase("i", 0, "info")]
    [TestCase("info mi", 5, "mice,migrate")]
    [TestCase("help c", 5, "cont")]
    [TestCase("info x", 5, "")]
    public void Candidates(string text, int start, string candidates)
    {
        CompletionResult result = _completer.Complete(text, text.Length);
        Assert.That(result.Start, Is.EqualTo(start));
        Assert.That(string.Join(',', result.Candidates.Select(c => c.Text)), Is.EqualTo(candidates));
    }
}
