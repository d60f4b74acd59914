using Newtonsoft.Json.Linq;
using Qmp.EndToEnd.Tests.Interop;
using Qmp.Interop.Emulators;

namespace Qmp.EndToEnd.Tests.HumanMonitor;

/// <summary>Character devices and dumps by the human monitor.</summary>
[TestFixture(EmulatorKind.Qmpd)]
[TestFixture(EmulatorKind.Qemu)]
internal sealed class HumanDeviceTests(EmulatorKind kind)
{
    [Test]
    public async Task Lines_are_answered_as_by_QEMU()
    {
        Requirement.Check(kind);
        using var folder = new TemporaryFolder();
        await using EmulatorProcess emulator = await EmulatorProcess.StartAsync(kind, "vm", folder);
        string core = folder.File("core");
        (string Line, string Output)[] lines =
        [
            ("chardev-add ringbuf,id=rb,size=16", ""),
            ("ringbuf_write rb \"a\\nb\\\\c\"", ""),
            ("ringbuf_read rb 100", "a\r\nb\\\\c\r\n"),
            ("ringbuf_read rb 0", "Error: size must be greater than zero\r\n"),
            ("ringbuf_read rb 5", "\r\n"),
            ("ringbuf_write zz hi", "Error: Device 'zz' not found\r\n"),
            ("chardev-send-break rb", ""),
            ("chardev-remove rb", ""),
            ("chardev-remove rb", "Error: Chardev 'rb' not found\r\n"),
            ("chardev-remove", "chardev-remove: string expected\r\nTry \"help chardev-remove\" for more information\r\n"),
            ("chardev-add null", "Error: chardev: no id specified\r\n"),
            ("chardev-add foo,id=x", "Error: 'foo' is not a valid char driver name\r\n"),
            ("chardev-add file,id=x,path=/nonexistent/x", "Error: Could not open '/nonexistent/x': No such file or directory\r\n"),
            ("info kvm", "kvm support: disabled\r\n"),
            ("info dump", "Status: none\r\n"),
            ("dump-guest-memory -z -l /x", "Error: only one of '-z|-l|-s|-w' can be set\r\n"),
            ("dump-guest-memory -l /x", "Error: kdump-lzo is not available now\r\n"),
            ("dump-guest-memory /x 1", "Error: Parameter 'length' is missing\r\n"),
            ("dump-guest-memory /nonexistent/x", "Error: Could not create '/nonexistent/x': No such file or directory\r\n"),
            ($"dump-guest-memory {core} 0 4096", ""),
            ("info dump", "Status: completed\r\n"),
        ];
        foreach ((string line, string output) in lines)
        {
            JToken answer = await emulator.Monitor.ExecuteRawAsync("human-monitor-command", new JObject { ["command-line"] = line });
            Assert.That((string?)answer, Is.EqualTo(output), line);
        }

        // A machine without processors: headers of 196 bytes, 11 of names.
        Assert.That(new FileInfo(core).Length, Is.EqualTo(196 + 4096 + 11));
    }
}
