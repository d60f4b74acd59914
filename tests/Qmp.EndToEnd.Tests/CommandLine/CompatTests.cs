using Newtonsoft.Json.Linq;

namespace Qmp.EndToEnd.Tests.CommandLine;

/// <summary>What <c>-compat</c> does to the things of our schema; QEMU 10.0.2 answers the same.</summary>
[Parallelizable]
internal sealed class CompatTests
{
    private static string Enable(string capability) =>
        $"{{ 'capabilities': [ {{ 'capability': '{capability}', 'state': true }} ] }}";

    [TestCase("deprecated-input=reject", "zero-blocks", "Deprecated value zero-blocks disabled by policy")]
    [TestCase("unstable-input=reject", "x-ignore-shared", "Unstable value x-ignore-shared disabled by policy")]
    public async Task Values_in_input_are_refused(string policy, string capability, string message)
    {
        await using InProcess emulator = await InProcess.StartAsync("-compat", policy);
        Assert.That(await emulator.RefusalAsync("migrate-set-capabilities", Enable(capability)), Is.EqualTo(message));
        await emulator.ResultAsync("migrate-set-capabilities", Enable("xbzrle"));
    }

    [Test]
    public async Task Members_in_input_are_refused_before_their_type_is_looked_at()
    {
        await using InProcess emulator = await InProcess.StartAsync("-compat", "unstable-input=reject");
        Assert.That(await emulator.RefusalAsync("migrate-set-parameters", "{ 'x-checkpoint-delay': 'x' }"),
            Is.EqualTo("Unstable parameter x-checkpoint-delay disabled by policy"));
    }

    [TestCase("deprecated-input=reject")]
    [TestCase("unstable-output=hide")]
    public async Task Policies_mind_their_own_business(string policy)
    {
        await using InProcess emulator = await InProcess.StartAsync("-compat", policy);
        Assert.That(
            await emulator.ResultAsync("migrate-set-parameters", "{ 'x-checkpoint-delay': 5 }"), Is.EqualTo(new JObject()));
        Assert.That(
            await emulator.ResultAsync("migrate-set-capabilities", Enable("x-ignore-shared")), Is.EqualTo(new JObject()));
        JToken capabilities = await emulator.ResultAsync("query-migrate-capabilities");
        Assert.That(
            capabilities.Where(c => (bool?)c["state"] == true).Select(c => (string?)c["capability"]),
            Does.Contain("x-ignore-shared"));
    }

    [Test]
    public async Task Members_in_output_are_hidden_and_values_stay()
    {
        await using InProcess emulator = await InProcess.StartAsync("-compat", "unstable-output=hide");
        var parameters = (JObject)await emulator.ResultAsync("query-migrate-parameters");
        Assert.That(parameters.ContainsKey("max-bandwidth"));
        Assert.That(parameters.Properties().Select(p => p.Name), Has.None.StartsWith("x-"));
        JToken capabilities = await emulator.ResultAsync("query-migrate-capabilities");
        Assert.That(capabilities.Select(c => (string?)c["capability"]), Does.Contain("x-ignore-shared"));
    }

    [Test]
    public async Task Without_a_policy_nothing_is_hidden()
    {
        await using InProcess emulator = await InProcess.StartAsync();
        var parameters = (JObject)await emulator.ResultAsync("query-migrate-parameters");
        Assert.That(parameters.Properties().Select(p => p.Name), Has.Some.StartsWith("x-"));
        JToken schema = await emulator.ResultAsync("query-qmp-schema");
        Assert.That(schema.Count(info => info["values"] is not null), Is.GreaterThan(0));
        Assert.That(schema.SelectTokens("$..members[?(@.name=='values')]"), Is.Not.Empty);
    }

    [Test]
    public async Task Introspection_loses_what_is_deprecated_but_values()
    {
        await using InProcess emulator = await InProcess.StartAsync("-compat", "deprecated-output=hide");
        JToken schema = await emulator.ResultAsync("query-qmp-schema");
        Assert.That(schema.Count(info => info["values"] is not null), Is.Zero);
        Assert.That(schema.SelectTokens("$..members[?(@.name=='values')]"), Is.Empty, "a deprecated member");
        Assert.That(schema.SelectTokens("$..members[?(@.name=='zero-blocks')]"), Is.Not.Empty, "a deprecated value");
    }

    [Test]
    public async Task Unstable_output_has_no_effect_on_introspection()
    {
        await using InProcess hiding = await InProcess.StartAsync("-compat", "unstable-output=hide");
        await using InProcess plain = await InProcess.StartAsync();
        Assert.That(
            JToken.DeepEquals(
                await hiding.ResultAsync("query-qmp-schema"), await plain.ResultAsync("query-qmp-schema")),
            Is.True);
    }
}
