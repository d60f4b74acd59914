using Qmp.Shell.Documentation;
using Qmp.Shell.Language;
using Qmp.Shell.Schema;
using Qmp.Shell.Tests.Support;

namespace Qmp.Shell.Tests.Schema;

[TestFixture]
internal sealed class SchemaHelpTests
{
    private readonly SchemaHelp _help = new(TestSchema.Create(), 100, Descriptions.None);

    [TestCase("query-status",
        """
        query-status
        returns:
          running  bool
          status   running | paused
        """)]
    [TestCase("set-speed",
        """
        set-speed value=… [ratio=…] [hint=…]  [deprecated]  [may run out of band]
        arguments:
          value  int
          ratio  number, optional
          hint   any, optional
        """)]
    [TestCase("blockdev-add",
        """
        blockdev-add driver=… [node-name=…] [cache=…]
        arguments:
          driver     file | nbd | null
          node-name  str, optional
          cache      object, optional
              direct    bool, optional
              no-flush  bool, optional
          with driver=file:
            filename  str
            locking   auto | on | off, optional
          with driver=nbd:
            server  object
                host  str
                port  str
        """)]
    [TestCase("blockdev-add driver=file",
        """
        blockdev-add driver=… [node-name=…] [cache=…]
        arguments:
          driver     file | nbd | null
          node-name  str, optional
          cache      object, optional
              direct    bool, optional
              no-flush  bool, optional
          with driver=file:
            filename  str
            locking   auto | on | off, optional
        """)]
    [TestCase("set-flags",
        """
        set-flags flags=… [names=…]
        arguments:
          flags  [object]
              flag   auto | on | off
              state  bool
          names  [str], optional
        """)]
    [TestCase("device_add",
        """
        device_add driver=… [id=…]
        arguments:
          driver  str
          id      str, optional
          and others that the server does not list, such as properties of the device
        """)]
    [TestCase("DEVICE_DELETED",
        """
        event DEVICE_DELETED
        data:
          id    str
          path  str, optional
        """)]
    [TestCase("device",
        """
        No command or event is called 'device'. With it in their names:
          device_add
          device_del
          DEVICE_DELETED
        """)]
    [TestCase("exit",
        """
        exit
        leaves the shell; the server goes on
        """)]
    public void Help(string question, string answer) =>
        Assert.That(_help.Describe(WordScanner.Scan(question)), Is.EqualTo(answer));

    [Test]
    public void Nothing_like_it() => Assert.That(
        () => _help.Describe(WordScanner.Scan("qurey-status")),
        Throws.TypeOf<InvalidArgumentException>().With.Message.EqualTo(
            "qurey-status: the server has no such command, event, argument or value; did you mean 'query-status'?"));

    [TestCase("filenam", "filename")]
    [TestCase("pasued", "paused")]
    [TestCase("no-fluhs", "no-flush")]
    [TestCase("expetc", "expect")]
    public void Something_like_it(string typed, string meant) => Assert.That(
        () => _help.Describe(WordScanner.Scan(typed)),
        Throws.TypeOf<InvalidArgumentException>().With.Message.EndsWith($"; did you mean '{meant}'?"));

    [Test]
    public void Errors_stand_under_one_heading()
    {
        string[] lines = new SchemaHelp(TestSchema.Create(), 60).Describe(WordScanner.Scan("device_del")).Split('\n');
        Assert.That(lines.Count(line => line.StartsWith("errors:", StringComparison.Ordinal)), Is.EqualTo(1));
        Assert.That(lines.SkipWhile(line => line != "errors:").Skip(1), Is.Not.Empty.And.All.StartsWith("  "));
    }
}
