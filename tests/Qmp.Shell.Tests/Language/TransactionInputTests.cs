using Newtonsoft.Json;
using Qmp.Shell.Language;
using Qmp.Shell.Schema;

namespace Qmp.Shell.Tests.Language;

[TestFixture]
internal sealed class TransactionInputTests
{
    [TestCase("transaction(|abort|delete id=x|)")]
    [TestCase("transaction( abort|delete id=x )")]
    [TestCase("transaction(|abort|delete {\"id\": \"x\"} )")]
    public void Actions_line_by_line(string text)
    {
        string[] lines = text.Split('|');
        var input = new TransactionInput();
        Assert.That(TransactionInput.Begins(lines[0]));
        foreach (string line in lines[..^1])
        {
            Assert.That(input.Add(line), Is.Null);
            Assert.That(input.IsOpen);
        }

        ParsedCommand command = input.Add(lines[^1])!;
        Assert.That(input.IsOpen, Is.False);
        Assert.That(
            new ArgumentBinder(Support.TestSchema.Create()).Bind(command).ToString(Formatting.None),
            Is.EqualTo("""{"actions":[{"type":"abort","data":{}},{"type":"delete","data":{"id":"x"}}]}"""));
    }

    [Test]
    public void One_line()
    {
        ParsedCommand command = new TransactionInput().Add("transaction( delete id=x )")!;
        Assert.That(
            ArgumentBinder.Guess(command.Arguments).ToString(Formatting.None),
            Is.EqualTo("""{"actions":[{"type":"delete","data":{"id":"x"}}]}"""));
    }

    [Test]
    public void A_wrong_action_leaves_the_others()
    {
        var input = new TransactionInput();
        input.Add("transaction(");
        input.Add("abort");
        Assert.That(() => input.Add("delete id"), Throws.TypeOf<ShellSyntaxException>());
        Assert.That(() => input.Add(") abort"), Throws.TypeOf<ShellSyntaxException>());
        ParsedCommand command = input.Add(")")!;
        Assert.That(((ListNode)command.Arguments.Members["actions"]).Elements, Has.Count.EqualTo(1));
    }
}
