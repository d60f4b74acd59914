using System.Text;
using Newtonsoft.Json.Linq;
using Qapi.Tool;
using Qmp.Api;

namespace Qapi.Tests.Generators;

/// <summary>What is generated for the product's own schema.</summary>
public sealed class GeneratedSchemaTests
{
    private static readonly string[] Conditions =
        ["CONFIG_LINUX", "HAVE_IPPROTO_MPTCP", "CONFIG_ZSTD", "CONFIG_POSIX", "CONFIG_REPLICATION"];

    [Test]
    public void Introspection_is_that_of_the_tool()
    {
        var output = new StringWriter();
        var error = new StringWriter();
        var root = Path.Combine(AppContext.BaseDirectory, "Schema", "qmp.json");
        var status = QapiTool.Run(
            ["introspect", root, .. Conditions.SelectMany(name => (string[])["--condition", name])], output, error);
        Assert.That((status, error.ToString()), Is.EqualTo((0, "")));
        Assert.That(JToken.DeepEquals(Generated, JToken.Parse(output.ToString())), Is.True);
    }

    [Test]
    public void Introspection_is_printed_as_QEMU_prints_it()
    {
        var text = Encoding.UTF8.GetString(QmpSchema.Json);
        Assert.That(text, Does.StartWith("""[{"name": "query-status", "ret-type": "1", "meta-type": "command", """));
        Assert.That(text, Does.Match("""\{"name": "[0-9]+", "members": \[\{"name": "normal-bytes"|"members": \[\{"name": """));
    }

    [Test]
    public void Command_names_are_those_of_introspection() =>
        Assert.That(QmpSchema.CommandNames, Is.EqualTo(Generated.Where(info => (string?)info["meta-type"] == "command")
            .Select(info => (string?)info["name"])));

    [Test]
    public void Every_command_is_in_a_table()
    {
        var tables = (IEnumerable<Qmp.Server.Dispatch.CommandDescriptor>[])
        [
            RunStateCommandTable.Commands, MigrationCommandTable.Commands, ControlCommandTable.Commands,
            IntrospectCommandTable.Commands, MachineCommandTable.Commands, MiscCommandTable.Commands,
        ];
        Assert.That(tables.SelectMany(table => table).Select(command => command.Name),
            Is.EqualTo(QmpSchema.CommandNames));
    }

    private static JArray Generated => JArray.Parse(Encoding.UTF8.GetString(QmpSchema.Json));
}
