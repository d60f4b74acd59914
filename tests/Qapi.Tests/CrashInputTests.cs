namespace Qapi.Tests;

/// <summary>Input on which QEMU's front end fails by accident: ours says what is wrong, or takes it.</summary>
public sealed class CrashInputTests
{
    [Test]
    public void Empty_enum_value_has_an_invalid_name() =>
        Assert.That(Load.Error("{ 'enum': 'Mode', 'data': [ 'on', '' ] }"), Is.EqualTo("""
            schema.json: In enum 'Mode':
            schema.json:1: 'data' member '' has an invalid name
            """));

    [Test]
    public void Array_of_an_array_by_name_is_refused() =>
        Assert.That(Load.Error("{ 'struct': 'Span', 'data': { 'ends': [ 'intList' ] } }"), Is.EqualTo("""
            schema.json: In struct 'Span':
            schema.json:1: struct uses an array of array type ['int']
            """));

    [TestCase(new byte[] { 0xff }, 1)]
    [TestCase(new byte[] { (byte)'#', (byte)'\n', (byte)'#', 0xc3, (byte)'\n' }, 2)]
    [TestCase(new byte[] { (byte)'\n', (byte)'\n', 0xed, 0xa0, 0x80 }, 3)]
    [TestCase(new byte[] { (byte)'#', 0xc0, 0xaf }, 1)]
    public void Invalid_encoding_is_located_by_line(byte[] content, int line) =>
        Assert.That(Load.Result(content).Error!.Render(), Is.EqualTo($"schema.json:{line}: invalid UTF-8"));

    [Test]
    public void Invalid_encoding_in_an_include_has_its_stack()
    {
        var files = new MemoryFiles { [Load.Root] = "{ 'include': 'more.json' }" };
        files.Add("more.json", [0x80]);
        Assert.That(QapiSchema.Load(files, Load.Root).Error!.Render(), Is.EqualTo("""
            In file included from schema.json:1:
            more.json:1: invalid UTF-8
            """));
    }

    [Test]
    public void Empty_discriminator_is_no_member() =>
        Assert.That(Load.Error("{ 'union': 'Shape', 'base': '', 'discriminator': '', 'data': {} }"),
            Does.EndWith("discriminator '' is not a member of 'base'"));

    [Test]
    public void Paragraphs_alone_may_document_an_excepted_definition() =>
        Assert.That(Load.Error("""
            { 'pragma': { 'documentation-exceptions': [ 'stop' ] } }
            ##
            # @stop:
            #
            # Stops it.
            ##
            { 'command': 'stop', 'data': { 'when': 'int' } }
            """), Is.Null);
}
