using System.Text;
using Newtonsoft.Json.Linq;
using Qmp.Api;
using Qmp.Protocol.Messages;
using Qmp.Protocol.Visitors;
using CompatPolicy = Qmp.Protocol.Visitors.CompatPolicy;

namespace Qapi.Tests.Generators;

/// <summary>What depends on conditions that are decided when the program starts.</summary>
public sealed class SwitchTests
{
    private const string Thread = """{"id": "a", "thread-id": 1, "poll-max-ns": 2, "poll-grow": 3, "poll-shrink": 4, "aio-max-batch": 5}""";

    private static readonly CompatPolicy Old = new() { Variant = QmpSchema.VariantOf() };
    private static readonly CompatPolicy New = new() { Variant = QmpSchema.VariantOf("QEMU_11_1") };

    [Test]
    public void A_value_is_known_where_its_condition_holds()
    {
        const string Gone = """{"capability": "zero-blocks", "state": true}""";
        Assert.That(Read(MigrationCapabilityStatusVisitor.Read, Gone, Old).State, Is.True);
        Assert.That(() => Read(MigrationCapabilityStatusVisitor.Read, Gone, New), Throws.TypeOf<VisitorException>()
            .With.Message.EqualTo("Parameter 'capability' does not accept value 'zero-blocks'"));
    }

    [Test]
    public void An_argument_is_known_where_its_condition_holds()
    {
        const string Gone = """{"uri": "a", "detach": true}""";
        Assert.That(Read(MigrateArgumentsVisitor.Read, Gone, Old).Detach, Is.True);
        Assert.That(() => Read(MigrateArgumentsVisitor.Read, Gone, New), Throws.TypeOf<VisitorException>()
            .With.Message.EqualTo("Parameter 'detach' is unexpected"));
    }

    [Test]
    public void A_member_is_sent_where_its_condition_holds()
    {
        var thread = Read(IOThreadInfoVisitor.Read, Thread, Old) with { PollWeight = 6 };
        Assert.That(Wire.Write(IOThreadInfoVisitor.Write, thread, Old), Does.Not.Contain("poll-weight"));
        Assert.That(Wire.Write(IOThreadInfoVisitor.Write, thread, New), Does.Contain("\"poll-weight\": 6"));
    }

    [Test]
    public void A_member_is_mandatory_where_its_condition_holds()
    {
        Assert.That(() => Read(IOThreadInfoVisitor.Read, Thread, New), Throws.TypeOf<VisitorException>()
            .With.Message.EqualTo("Parameter 'poll-weight' is missing"));
        Assert.That(Read(IOThreadInfoVisitor.Read, Thread, new()).PollWeight, Is.Null);
    }

    [Test]
    public void A_feature_is_one_where_its_condition_holds()
    {
        var features = MachineCommandTable.Commands.Single(command => command.Name == "query-kvm").Features;
        Assert.That(Refusal(Old), Is.Null);
        Assert.That(Refusal(New), Is.EqualTo("Deprecated command query-kvm disabled by policy"));

        string? Refusal(CompatPolicy policy) =>
            (policy with { DeprecatedInput = Qmp.Protocol.Visitors.CompatPolicyInput.Reject }).Refuses(features, "command", "query-kvm");
    }

    [Test]
    public void Commands_come_and_go()
    {
        Assert.That(Missing(New), Does.Contain("query-migrationthreads").And.Not.Contain("query-accelerators"));
        Assert.That(Missing(Old), Does.Contain("query-accelerators").And.Not.Contain("query-migrationthreads"));
        Assert.That(Missing(new()), Is.Empty);

        static IEnumerable<string> Missing(CompatPolicy policy) =>
            QmpSchema.CommandNames.Where(command => policy.Lacks(command.Features)).Select(command => command.Name);
    }

    [Test]
    public void Introspection_can_show_another_form()
    {
        Assert.That(Member("query-named-block-nodes", "node-name", Old).ContainsKey("default"), Is.True);
        Assert.That(Member("query-named-block-nodes", "node-name", New).ContainsKey("default"), Is.False);
        Assert.That((string?)Member("query-migrate-parameters", "tls-creds", Old)["type"], Is.EqualTo("str"));
        Assert.That((string?)Member("query-migrate-parameters", "tls-creds", New)["type"], Is.Not.EqualTo("str"));
    }

    [Test]
    public void A_switch_has_to_be_one() =>
        Assert.That(() => QmpSchema.VariantOf("QEMU_0_1"), Throws.ArgumentException);

    private static JObject Member(string command, string member, CompatPolicy policy)
    {
        var all = JArray.Parse(Encoding.UTF8.GetString(QmpSchema.Json(policy.Variant!.Value)));
        var type = Find(((string)Find(command)["ret-type"]!).Trim('[', ']'));
        return (JObject)type["members"]!.Single(m => (string?)m["name"] == member);

        JToken Find(string name) => all.First(entity => (string?)entity["name"] == name);
    }

    private static T Read<T>(ValueReader<T> reader, string json, CompatPolicy policy)
    {
        var visitor = new JsonInputVisitor(policy: policy);
        visitor.Reset(JToken.Parse(json));
        return reader(visitor, null);
    }
}
