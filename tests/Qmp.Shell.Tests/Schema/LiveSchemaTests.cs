using Newtonsoft.Json.Linq;
using Qmp.Shell.Schema;

namespace Qmp.Shell.Tests.Schema;

[TestFixture]
internal sealed class LiveSchemaTests
{
    [TestCase("{}")]
    [TestCase("[5]")]
    [TestCase("[{}]")]
    [TestCase("""[{"name": "x"}]""")]
    public void What_is_no_schema(string reply) =>
        Assert.That(() => new LiveSchema(JToken.Parse(reply)), Throws.TypeOf<FormatException>());

    [Test]
    public void A_type_that_is_not_there()
    {
        var schema = new LiveSchema(JToken.Parse(
            """[{"name": "x", "meta-type": "command", "arg-type": "7", "ret-type": "7"}]"""));
        Assert.That(() => schema.TypeOf("7"), Throws.TypeOf<FormatException>());
    }

    [Test]
    public void A_type_is_no_command()
    {
        LiveSchema schema = Support.TestSchema.Create();
        Assert.That(schema.FindCommand("str"), Is.Null);
        Assert.That(schema.FindCommand("STOP"), Is.Null);
        Assert.That(schema.FindEvent("STOP"), Is.Not.Null);
    }
}
