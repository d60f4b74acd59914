using Newtonsoft.Json.Linq;
using Qmp.EndToEnd.Tests.Interop;
using Qmp.Interop.Emulators;

namespace Qmp.EndToEnd.Tests.Chardevs;

/// <summary>Character devices that come and go while the machine is there.</summary>
[TestFixture(EmulatorKind.Qmpd)]
[TestFixture(EmulatorKind.Qemu, Category = "Slow")]
[Parallelizable]
internal sealed class ChardevCommandTests(EmulatorKind kind)
{
    private TemporaryFolder _folder = null!;
    private EmulatorProcess _emulator = null!;

    [SetUp]
    public async Task SetUp()
    {
        Requirement.Check(kind);
        _folder = new TemporaryFolder();
        _emulator = await EmulatorProcess.StartAsync(
            kind, "vm", _folder, "-chardev", "null,id=n", "-chardev", "ringbuf,id=r,size=8", "-chardev", "null,id=m", "-mon", "m");
    }

    [TearDown]
    public async Task TearDown()
    {
        if (_emulator is not null) await _emulator.DisposeAsync();
        _folder?.Dispose();
    }

    [TestCase("chardev-add", "{'id':'n','backend':{'type':'null','data':{}}}", "Chardev with id 'n' already exists")]
    [TestCase("chardev-add", "{'id':'f','backend':{'type':'file','data':{'out':'/nonexistent/x'}}}",
        "Failed to add chardev 'f': Could not open '/nonexistent/x': No such file or directory")]
    [TestCase("chardev-add", "{'id':'p','backend':{'type':'pipe','data':{'device':'/nonexistent/x'}}}",
        "Failed to add chardev 'p': Could not open '/nonexistent/x': No such file or directory")]
    [TestCase("chardev-add", "{'id':'p','backend':{'type':'pty','data':{'path':'/nonexistent/x'}}}",
        "Failed to add chardev 'p': Failed to create PTY symlink: No such file or directory")]
    [TestCase("chardev-add", "{'id':'r2','backend':{'type':'ringbuf','data':{'size':5}}}",
        "Failed to add chardev 'r2': size of ringbuf chardev must be power of two")]
    [TestCase("chardev-add", "{'id':'x','backend':{'type':'spicevmc','data':{'type':'a'}}}",
        "Failed to add chardev 'x': 'spicevmc' is not a valid char driver name")]
    [TestCase("chardev-add", "{'id':'s','backend':{'type':'socket','data':{'addr':{'type':'unix','data':{'path':'/nonexistent/x'}}}}}",
        "Failed to add chardev 's': Failed to bind socket to /nonexistent/x: No such file or directory")]
    [TestCase("chardev-add", "{'id':'s','backend':{'type':'socket','data':{'addr':{'type':'fd','data':{'str':'foo'}}}}}",
        "Failed to add chardev 's': File descriptor named 'foo' has not been found")]
    [TestCase("chardev-add",
        "{'id':'s','backend':{'type':'socket','data':{'addr':{'type':'unix','data':{'path':'/x'}},'server':false,'wait':true}}}",
        "Failed to add chardev 's': 'wait' option is incompatible with socket in client connect mode")]
    [TestCase("chardev-add",
        "{'id':'s','backend':{'type':'socket','data':{'addr':{'type':'inet','data':{'host':'127.0.0.1','port':'0'}},'tls-creds':'x'}}}",
        "Failed to add chardev 's': No TLS credentials with id 'x'")]
    [TestCase("chardev-change", "{'id':'zz','backend':{'type':'null','data':{}}}", "Chardev 'zz' does not exist")]
    [TestCase("chardev-change", "{'id':'m','backend':{'type':'null','data':{}}}", "Chardev user does not support chardev hotswap")]
    [TestCase("chardev-remove", "{'id':'zz'}", "Chardev 'zz' not found")]
    [TestCase("chardev-remove", "{'id':'m'}", "Chardev 'm' is busy")]
    [TestCase("chardev-send-break", "{'id':'zz'}", "Chardev 'zz' not found")]
    [TestCase("ringbuf-write", "{'device':'zz','data':'a'}", "Device 'zz' not found")]
    [TestCase("ringbuf-write", "{'device':'n','data':'a'}", "n is not a ringbuf device")]
    [TestCase("ringbuf-write", "{'device':'r','data':'!!','format':'base64'}", "Base64 data contains invalid characters")]
    [TestCase("ringbuf-read", "{'device':'zz','size':1}", "Device 'zz' not found")]
    [TestCase("ringbuf-read", "{'device':'n','size':1}", "n is not a ringbuf device")]
    [TestCase("ringbuf-read", "{'device':'r','size':0}", "size must be greater than zero")]
    public async Task What_cannot_be_done_is_told(string command, string arguments, string message)
    {
        if (arguments.Contains("spice", StringComparison.Ordinal)) Requirement.CheckModules();
        Assert.That(await _emulator.Monitor.RefusalAsync(command, JObject.Parse(arguments)), Is.EqualTo(message));
    }

    [Test]
    public async Task A_device_comes_changes_and_goes()
    {
        await DoAsync("chardev-add", "{'id':'x','backend':{'type':'null','data':{}}}");
        Assert.That(await FileOfAsync("x"), Is.EqualTo("null"));
        await DoAsync("chardev-change", "{'id':'x','backend':{'type':'ringbuf','data':{}}}");
        Assert.That(await FileOfAsync("x"), Is.EqualTo("ringbuf"));
        await DoAsync("chardev-send-break", "{'id':'x'}");
        await DoAsync("chardev-remove", "{'id':'x'}");
        Assert.That(await FileOfAsync("x"), Is.Null);
    }

    [Test]
    public async Task A_terminal_is_told_by_its_name()
    {
        string link = _folder.File("tty");
        JToken made = await DoAsync("chardev-add", $"{{'id':'t','backend':{{'type':'pty','data':{{'path':'{link}'}}}}}}");
        string path = (string)made["pty"]!;
        Assert.That(path, Does.Match("^/dev/pts/[0-9]+$"));
        Assert.That(new FileInfo(link).LinkTarget, Is.EqualTo(path));
        Assert.That(await FileOfAsync("t"), Is.EqualTo($"pty:{path}"));
        await DoAsync("chardev-remove", "{'id':'t'}");
        Assert.That(() => File.Exists(link), Is.False.After(10_000, 10));
    }

    [Test]
    public async Task A_ring_buffer_keeps_what_came_last()
    {
        await DoAsync("ringbuf-write", "{'device':'r','data':'abcdefghij'}");
        Assert.That((string?)await DoAsync("ringbuf-read", "{'device':'r','size':3}"), Is.EqualTo("cde"));
        Assert.That((string?)await DoAsync("ringbuf-read", "{'device':'r','size':300,'format':'base64'}"), Is.EqualTo("ZmdoaWo="));
        Assert.That((string?)await DoAsync("ringbuf-read", "{'device':'r','size':300}"), Is.Empty);
        await DoAsync("ringbuf-write", "{'device':'r','data':'/wBh','format':'base64'}");
        Assert.That((string?)await DoAsync("ringbuf-read", "{'device':'r','size':300}"), Is.EqualTo("\uFFFD"));
    }

    [Test]
    public async Task A_socket_listens_while_its_device_is_there()
    {
        string path = _folder.File("socket");
        await DoAsync("chardev-add", $"{{'id':'s','backend':{{'type':'socket','data':{{'wait':false,'addr':{{'type':'unix','data':{{'path':'{path}'}}}}}}}}}}");
        Assert.That(await FileOfAsync("s"), Is.EqualTo($"disconnected:unix:{path},server=on"));
        Assert.That(File.Exists(path));
        await DoAsync("chardev-remove", "{'id':'s'}");
        Assert.That(() => File.Exists(path), Is.False.After(10_000, 10));
    }

    [Test]
    public async Task Kinds_that_are_listed_can_be_made()
    {
        JToken kinds = await DoAsync("query-chardev-backends", "{}");
        Assert.That(
            kinds.Select(k => (string?)k["name"]),
            Is.SupersetOf((string[])["file", "memory", "null", "pipe", "pty", "ringbuf", "socket", "stdio", "vc"]));
    }

    private async Task<JToken> DoAsync(string command, string arguments) =>
        await _emulator.Monitor.ExecuteRawAsync(command, JObject.Parse(arguments));

    private async Task<string?> FileOfAsync(string id)
    {
        JToken devices = await DoAsync("query-chardev", "{}");
        return (string?)devices.FirstOrDefault(d => (string?)d["label"] == id)?["filename"];
    }
}
