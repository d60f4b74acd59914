using Qapi.Emit;

namespace Qapi.Tests.Generators;

public sealed class CSharpNameTests
{
    [TestCase("status", "Status")]
    [TestCase("block-job", "BlockJob")]
    [TestCase("query-qmp-schema", "QueryQmpSchema")]
    [TestCase("migrate_cancel", "MigrateCancel")]
    [TestCase("x-foo", "XFoo")]
    [TestCase("XBZRLECacheStats", "XBZRLECacheStats")]
    [TestCase("MultiFDCompression", "MultiFDCompression")]
    [TestCase("QMPCapability", "QMPCapability")]
    [TestCase("KVMMissingCap", "KVMMissingCap")]
    [TestCase("VNC_CONNECTED", "VncConnected")]
    [TestCase("STOP", "Stop")]
    [TestCase("UUID", "Uuid")]
    [TestCase("mixedCase", "MixedCase")]
    [TestCase("2_5", "_2_5")]
    [TestCase("512b", "_512b")]
    [TestCase("i386", "I386")]
    [TestCase("x86_64", "X86_64")]
    [TestCase("virtio-1-0", "Virtio1_0")]
    [TestCase("net-10gb", "Net10gb")]
    [TestCase("__com.redhat_x", "ComRedhatX")]
    [TestCase("__com.redhat_x-foo", "ComRedhatXFoo")]
    [TestCase("__COM.EXAMPLE_EVENT", "ComExampleEvent")]
    [TestCase("class", "Class")]
    [TestCase("trailing-", "Trailing")]
    public void Name_on_the_wire_has_one_name_in_csharp(string wire, string expected) =>
        Assert.That(CSharpName.Pascal(wire), Is.EqualTo(expected));

    [TestCase("migration.json", "Migration")]
    [TestCase("run-state.json", "RunState")]
    [TestCase("../qga/qapi-schema.json", "QapiSchema")]
    [TestCase("no-extension", "NoExtension")]
    public void Module_is_named_after_its_file(string path, string expected) =>
        Assert.That(CSharpName.Module(path), Is.EqualTo(expected));

    [Test]
    public void Reserved_name_gets_the_suffix()
    {
        var scope = new NameScope(["Equals"], "Member");
        Assert.That(scope.Add("Equals"), Is.EqualTo("EqualsMember"));
    }

    [Test]
    public void Second_of_two_equal_names_gets_a_number()
    {
        var scope = new NameScope([], "");
        Assert.That((string[])[scope.Add("A"), scope.Add("A"), scope.Add("A"), scope.Add("A_2")],
            Is.EqualTo((string[])["A", "A_2", "A_3", "A_2_2"]));
    }

    [Test]
    public void Names_do_not_depend_on_conditions()
    {
        var schema = Load.Schema("""
            { 'struct': 'x-Foo', 'data': {}, 'if': 'OFF' }
            { 'struct': 'XFoo', 'data': {} }
            """);
        var names = new NameTable(schema);
        Assert.That(names.Type((Model.SchemaType)schema.Find("XFoo")!), Is.EqualTo("XFoo_2"));
    }
}
