using Qmp.Shell.Completion;
using Qmp.Shell.Tests.Support;

namespace Qmp.Shell.Tests.Completion;

[TestFixture]
internal sealed class CommandCompleterTests
{
    private readonly CommandCompleter _completer = new(TestSchema.Create(), ["help", "exit"]);

    // The cursor is where the bar is; candidates with what follows them.
    [TestCase("que|", "query-status ")]
    [TestCase("device|", "device_add |device_del ")]
    [TestCase("|", "help |exit |blockdev-add |device_add |device_del |migrate |query-status |set-flags |set-speed |transaction ")]
    [TestCase("h|", "help ")]
    [TestCase("help dev|", "device_add |device_del ")]
    [TestCase("help DEV|", "DEVICE_DELETED ")]
    [TestCase("help blockdev-add driver=f|", "file ")]
    [TestCase("device_del |", "id=|path=")]
    [TestCase("device_del id=x |", "path=")]
    [TestCase("device_del i| path=x", "id=")]
    [TestCase("nonsense |", "")]
    [TestCase("blockdev-add |", "driver=|node-name=|cache.")]
    [TestCase("blockdev-add driver=|", "file |nbd |null ")]
    [TestCase("blockdev-add driver=n|", "nbd |null ")]
    [TestCase("blockdev-add driver=file f|", "filename=")]
    [TestCase("blockdev-add driver=nbd |", "server.|node-name=|cache.")]
    [TestCase("blockdev-add driver=nbd server.|", "host=|port=")]
    [TestCase("blockdev-add driver=nbd server.host=x server.|", "port=")]
    [TestCase("blockdev-add cache.d|", "direct=")]
    [TestCase("blockdev-add cache.direct=|", "true |false ")]
    [TestCase("blockdev-add driver=file locking=o|", "on |off ")]
    [TestCase("set-flags |", "flags.|names=")]
    [TestCase("set-flags flags.|", "0.")]
    [TestCase("set-flags flags.0.|", "flag=|state=")]
    [TestCase("set-flags flags.0.flag=on flags.0.|", "state=")]
    [TestCase("set-flags flags.0.flag=on flags.|", "0.|1.")]
    [TestCase("set-flags flags.0.flag=a|", "auto ")]
    [TestCase("migrate bitmap=|", "null ")]
    [TestCase("migrate bitmap.|", "direct=|no-flush=")]
    [TestCase("migrate limit=|", "auto |on |off ")]
    [TestCase("migrate --|", "--watch ")]
    [TestCase("device_del --|", "")]
    [TestCase("device_del id='a |", "")]
    [TestCase("device_del id.x.|", "")]
    [TestCase("device_del path=\"a b\" |", "id=")]
    public void Candidates(string text, string candidates)
    {
        int cursor = text.IndexOf('|');
        CompletionResult result = _completer.Complete(text.Remove(cursor, 1), cursor);
        Assert.That(string.Join('|', result.Candidates.Select(c => c.Text + c.Suffix)), Is.EqualTo(candidates));
    }

    [TestCase("que|", 0)]
    [TestCase("device_del i|", 11)]
    [TestCase("blockdev-add driver=n|", 20)]
    [TestCase("blockdev-add cache.d|", 19)]
    public void Candidates_replace_the_piece_that_they_complete(string text, int start)
    {
        int cursor = text.IndexOf('|');
        Assert.That(_completer.Complete(text.Remove(cursor, 1), cursor).Start, Is.EqualTo(start));
    }
}
