using Newtonsoft.Json;
using Qmp.Shell.Language;
using Qmp.Shell.Schema;
using Qmp.Shell.Tests.Support;

namespace Qmp.Shell.Tests.Schema;

[TestFixture]
internal sealed class ArgumentBinderTests
{
    private readonly ArgumentBinder _binder = new(TestSchema.Create());

    [TestCase("query-status", "{}")]
    [TestCase("device_del id=5", """{"id":"5"}""")]
    [TestCase("device_del id=true path=[::1]:5", """{"id":"true","path":"[::1]:5"}""")]
    [TestCase("device_del id=\"a b\"", """{"id":"a b"}""")]
    [TestCase("set-speed value=64M", """{"value":67108864}""")]
    [TestCase("set-speed value=0x10 ratio=1.5", """{"value":16,"ratio":1.5}""")]
    [TestCase("set-speed value=1 ratio=2", """{"value":1,"ratio":2}""")]
    [TestCase("set-speed value=1 hint={'a': [1]}", """{"value":1,"hint":{"a":[1]}}""")]
    [TestCase("set-speed value=1 hint=on", """{"value":1,"hint":"on"}""")]
    [TestCase("blockdev-add driver=file filename=5 locking=on", """{"driver":"file","filename":"5","locking":"on"}""")]
    [TestCase("blockdev-add filename=a driver=file", """{"filename":"a","driver":"file"}""")]
    [TestCase("blockdev-add driver=null cache.direct=on", """{"driver":"null","cache":{"direct":true}}""")]
    [TestCase("blockdev-add driver=nbd server.host=h server.port=10809",
        """{"driver":"nbd","server":{"host":"h","port":"10809"}}""")]
    [TestCase("blockdev-add {'driver': 'nbd', 'server': {'host': 'h', 'port': '1'}}",
        """{"driver":"nbd","server":{"host":"h","port":"1"}}""")]
    [TestCase("set-flags flags=[{'flag': 'on', 'state': True}]", """{"flags":[{"flag":"on","state":true}]}""")]
    [TestCase("set-flags flags.0.flag=on flags.0.state=off flags.1.flag=auto flags.1.state=true",
        """{"flags":[{"flag":"on","state":false},{"flag":"auto","state":true}]}""")]
    [TestCase("set-flags flags=[] names.0=a names.1=5", """{"flags":[],"names":["a","5"]}""")]
    [TestCase("migrate bitmap=b limit=5", """{"bitmap":"b","limit":5}""")]
    [TestCase("migrate bitmap.direct=true limit=auto", """{"bitmap":{"direct":true},"limit":"auto"}""")]
    [TestCase("migrate bitmap=null", """{"bitmap":null}""")]
    [TestCase("device_add driver=e1000 mac=1 bootindex=2 addr=x", """{"driver":"e1000","mac":1,"bootindex":2,"addr":"x"}""")]
    [TestCase("{'exec-oob': 'set-speed', 'arguments': {'value': 1}}", """{"value":1}""")]
    public void What_is_allowed(string text, string arguments) =>
        Assert.That(Bind(text), Is.EqualTo(arguments));

    [TestCase("query-statu", "query-statu: the server has no such command; did you mean 'query-status'?")]
    [TestCase("device-del id=x", "device-del: the server has no such command; did you mean 'device_del'?")]
    [TestCase("frobnicate", "frobnicate: the server has no such command; 'help' lists them")]
    [TestCase("set-flags multifd=on", "set-flags: there is no 'multifd'; there is 'flags', 'names'")]
    [TestCase("query-status x=1", "query-status: it takes no arguments, and so no 'x'")]
    [TestCase("device_del", "device_del: 'id' is missing")]
    [TestCase("device_del ide=x", "device_del: there is no 'ide'; did you mean 'id'?")]
    [TestCase("device_del id={'a': 1}", "device_del: 'id' is to be a string, not an object")]
    [TestCase("device_del {'id': 5}", "device_del: 'id' is to be a string, not 5")]
    [TestCase("set-speed value=fast", "set-speed: 'value' is to be an integer, not 'fast'")]
    [TestCase("set-speed value=\"5\"", "set-speed: 'value' is to be an integer, not \"5\"")]
    [TestCase("set-speed value=99999999999T", "set-speed: 'value' is to be an integer, not '99999999999T'")]
    [TestCase("set-speed value=1 ratio=x", "set-speed: 'ratio' is to be a number, not 'x'")]
    [TestCase("blockdev-add filename=x driver=fil",
        "blockdev-add: 'driver' is to be one of file, nbd, null, not 'fil'; did you mean 'file'?")]
    [TestCase("blockdev-add filename=x", "blockdev-add: there is no 'filename' (which there are depends on 'driver')")]
    [TestCase("blockdev-add driver=null filename=x",
        "blockdev-add: there is no 'filename' (which there are depends on 'driver')")]
    [TestCase("blockdev-add", "blockdev-add: 'driver' is missing")]
    [TestCase("blockdev-add driver=nbd server.host=h", "blockdev-add: 'server.port' is missing")]
    [TestCase("blockdev-add driver=nbd server=h", "blockdev-add: 'server' is to be an object, not 'h'")]
    [TestCase("blockdev-add driver=file filename=x cache.direct=maybe",
        "blockdev-add: 'cache.direct' is to be true or false, not 'maybe'")]
    [TestCase("blockdev-add driver=nbd server={'host': 'h'", "blockdev-add: 'server': column 44: ',' or '}' is expected")]
    [TestCase("set-flags flags=x", "set-flags: 'flags' is to be a list, [...], not 'x'")]
    [TestCase("set-flags flags.0={'flag':'on','state':true} flags.2.flag=on",
        "set-flags: 'flags' is a list: [...], or 'flags.0', 'flags.1' and so on")]
    [TestCase("set-flags flags=[{'flag': 'on'}]", "set-flags: 'flags.0.state' is missing")]
    [TestCase("set-flags flags=[{}]", "set-flags: 'flags.0.flag', 'flags.0.state' are missing")]
    [TestCase("migrate {'limit': true}", "migrate: 'limit' is to be one of auto, on, off or an integer, not true")]
    [TestCase("migrate {'bitmap': [1]}", "migrate: 'bitmap' is to be a string or an object or null, not a list")]
    [TestCase("{'exec-oob': 'device_del', 'arguments': {'id': 'x'}}", "device_del: it cannot be run out of band")]
    public void What_is_refused(string text, string message)
    {
        InvalidArgumentException failure = Assert.Throws<InvalidArgumentException>(() => Bind(text))!;
        Assert.That(failure.Message, Is.EqualTo(message));
    }

    private string Bind(string text) => _binder.Bind(CommandParser.Parse(text)).ToString(Formatting.None);
}
