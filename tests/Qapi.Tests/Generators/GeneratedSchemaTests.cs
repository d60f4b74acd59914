using System.IO.Compression;
using System.Text;
using System.Xml.Linq;
using Newtonsoft.Json.Linq;
using Qapi.Tool;
using Qmp.Api;
using Qmp.Protocol.Visitors;
using Qmp.Server.Dispatch;
using Qmp.Types;
using CompatPolicy = Qmp.Protocol.Visitors.CompatPolicy;
using CompatPolicyOutput = Qmp.Protocol.Visitors.CompatPolicyOutput;

namespace Qapi.Tests.Generators;

/// <summary>What is generated for the product's own schema.</summary>
public sealed class GeneratedSchemaTests
{
    [Test]
    public void Introspection_is_that_of_the_tool()
    {
        foreach (var on in (string[][])[[], .. Switches.Select(name => new[] { name }), [.. Switches]])
        {
            var list = JArray.Parse(Encoding.UTF8.GetString(QmpSchema.Json(QmpSchema.VariantOf(on))));
            Assert.That(JToken.DeepEquals(list, Introspect(Conditions.Concat(on))), Is.True, string.Join(' ', on));
        }
    }

    // Commands and events of QEMU's that are not here are absent; those that are here have nothing more or less.
    [TestCase("10.0.2")]
    [TestCase("11.1.3", "QEMU_11_1")]
    public void Introspection_is_that_of_QEMU_but_for_what_is_absent(string release, params string[] on)
    {
        string folder = Directory.CreateTempSubdirectory("qapi").FullName;
        try
        {
            (string theirs, string ours) = (Path.Combine(folder, "theirs.json"), Path.Combine(folder, "ours.json"));
            using (var recorded = new GZipStream(File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Introspection", $"qemu-{release}.json.gz")), CompressionMode.Decompress))
            using (FileStream file = File.Create(theirs))
            {
                recorded.CopyTo(file);
            }

            File.WriteAllBytes(ours, QmpSchema.Json(QmpSchema.VariantOf(on)).ToArray());
            JArray changes = JArray.Parse(Tool.Run("diff", "--json", theirs, ours).Output);
            Assert.That(changes.Where(change => (string?)change["path"] != "" || (string?)change["change"] != "removed"), Is.Empty);
            Assert.That(changes, Is.Not.Empty, "not all of QEMU's is here");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public void Introspection_is_printed_as_QEMU_prints_it()
    {
        var text = Encoding.UTF8.GetString(QmpSchema.Json(default));
        Assert.That(text, Is.EqualTo(Wire.Sorted(text)));
        Assert.That(text, Does.StartWith(
            """[{"name": "query-status", "ret-type": "1", "meta-type": "command", "arg-type": "0"}, """));
    }

    [Test]
    public void Command_names_are_those_of_introspection() =>
        Assert.That(QmpSchema.CommandNames.Where(command => !Plain.Lacks(command.Features)).Select(command => command.Name), Is.EqualTo(Generated.Where(info => (string?)info["meta-type"] == "command")
            .Select(info => (string?)info["name"])));

    [Test]
    public void Every_command_is_in_a_table()
    {
        var tables = typeof(QmpSchema).Assembly.GetTypes().SelectMany(type => type.GetProperties())
            .Where(property => property.PropertyType == typeof(IReadOnlyList<CommandDescriptor>))
            .SelectMany(property => (IReadOnlyList<CommandDescriptor>)property.GetValue(null)!);

        // 'gen': false: its arguments are a device's properties, so it is written by hand.
        Assert.That(tables.Select(command => command.Name), Is.EquivalentTo(QmpSchema.CommandNames.Select(command => command.Name).Except(["device_add"])));
    }

    [Test]
    public async Task Introspection_read_as_values_and_sent_as_a_result_is_the_same_text()
    {
        var command = IntrospectCommandTable.Commands.Single();
        var result = await command.Invoke(new SchemaCommands(), Empty(), CancellationToken.None);
        var text = Wire.Write<CommandResult>((visitor, name, value) => value.Write(visitor, name), result);
        Assert.That(text, Is.EqualTo(Encoding.UTF8.GetString(QmpSchema.Json(default))));
    }

    [Test]
    public void Policy_hides_the_deprecated_member_of_introspection()
    {
        var json = Generated.First(info => (string?)info["meta-type"] == "enum").ToString();
        var info = Wire.Read(SchemaInfoVisitor.Read, json);
        var policy = new CompatPolicy { DeprecatedOutput = CompatPolicyOutput.Hide };
        Assert.That(Wire.Write(SchemaInfoVisitor.Write, info), Does.Contain("\"values\""));
        Assert.That(Wire.Write(SchemaInfoVisitor.Write, info, policy), Does.Not.Contain("\"values\""));
    }

    /// <summary>The conditions under which the product is built.</summary>
    private static string[] Conditions => Property("QapiConditions");

    private static CompatPolicy Plain => new() { Variant = QmpSchema.VariantOf() };

    /// <summary>Those that the program decides when it starts.</summary>
    private static string[] Switches => Property("QapiSwitches");

    private static string[] Property(string name) => XDocument
        .Load(Path.Combine(AppContext.BaseDirectory, "Schema", "Schema.props"))
        .Descendants(name).Single().Value.Split(';');

    /// <summary>What the tool prints for the product's schema.</summary>
    private static JToken Introspect(IEnumerable<string> conditions)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        var root = Path.Combine(AppContext.BaseDirectory, "Schema", "qmp.json");
        var status = QapiTool.Run(
            ["introspect", root, .. conditions.SelectMany(name => (string[])["--condition", name])], output, error);
        Assert.That((status, error.ToString()), Is.EqualTo((0, "")));
        return JToken.Parse(output.ToString());
    }

    private static JsonInputVisitor Empty()
    {
        var visitor = new JsonInputVisitor();
        visitor.Reset(null);
        return visitor;
    }

    private sealed class SchemaCommands : IIntrospectCommands
    {
        public ValueTask<IReadOnlyList<SchemaInfo>> QueryQmpSchemaAsync(
            QueryQmpSchemaArguments arguments, CancellationToken cancellationToken) =>
            new([.. Generated.Select(info => Wire.Read(SchemaInfoVisitor.Read, info.ToString()))]);
    }

    private static JArray Generated => JArray.Parse(Encoding.UTF8.GetString(QmpSchema.Json(default)));
}
