using System.Reflection;
using Newtonsoft.Json.Linq;
using Qmp.Api;
using Qmp.Types;
using StreamJsonRpc;

namespace Qmp.StreamJsonRpc.Tests.Values;

[TestFixture]
internal sealed class GeneratedInterfaceTests
{
    [Test]
    public void Every_module_with_commands_has_an_interface_and_every_command_a_method()
    {
        IEnumerable<string> methods =
            from type in typeof(IMigrationRpc).Assembly.GetTypes()
            where type.IsInterface && type.Namespace == "Qmp.Api" && type.Name.EndsWith("Rpc", StringComparison.Ordinal)
            where !type.Name.EndsWith("OobRpc", StringComparison.Ordinal)
            from method in type.GetMethods()
            select Attribute(method, typeof(JsonRpcMethodAttribute));

        // 'gen': false has no method.
        Assert.That(methods, Is.EquivalentTo(QmpSchema.CommandNames.Select(command => command.Name).Except(["device_add"])));
    }

    [Test]
    public void All_arguments_are_one_parameter()
    {
        ParameterInfo[] parameters = typeof(IMigrationRpc).GetMethod("MigrateAsync")!.GetParameters();
        Assert.Multiple(() =>
        {
            Assert.That(parameters.Select(p => p.ParameterType),
                Is.EqualTo(new[] { typeof(MigrateArguments), typeof(CancellationToken) }));
            Assert.That(Attribute(parameters[0], typeof(JsonRpcParameterAttribute)), Is.EqualTo("*"));
            Assert.That(parameters[0].HasDefaultValue, Is.True, "all of them are optional");
            Assert.That(
                typeof(IMigrationRpc).GetMethod("MigrateSetCapabilitiesAsync")!.GetParameters()[0].HasDefaultValue,
                Is.False);
            Assert.That(typeof(IRunStateRpc).GetMethod("QueryStatusAsync")!.GetParameters(), Has.Length.EqualTo(1));
        });
    }

    [Test]
    public void Commands_that_may_run_out_of_band_are_there_twice()
    {
        string[] inBand = Names(typeof(IMigrationRpc));
        string[] outOfBand = Names(typeof(IMigrationOobRpc));
        Assert.That(outOfBand, Is.EquivalentTo(new[] { "exec-oob:migrate-recover", "exec-oob:migrate-pause" }));
        Assert.That(inBand, Is.SupersetOf(new[] { "migrate-recover", "migrate-pause" }));
    }

    [Test]
    public void Events_need_not_all_be_taken()
    {
        Assert.That(Names(typeof(IRunStateRpcEvents)), Does.Contain("STOP").And.Contain("SHUTDOWN"));
        IRunStateRpcEvents target = new TakesNothing();
        Assert.That(() => target.Stop(new QmpEvent("STOP", null, null)), Throws.Nothing);
    }

    [Test]
    public void Converter_knows_the_types_of_the_schema_in_other_types_too()
    {
        var serializer = QmpSerializer.Create(RpcTypes.CreateConverter());
        var text = """{"state":"paused","list":[{"status":"running","running":true}],"none":null}""";
        Holder holder = JToken.Parse(text).ToObject<Holder>(serializer)!;
        Assert.Multiple(() =>
        {
            Assert.That(holder.State, Is.EqualTo(RunState.Paused));
            Assert.That(holder.List.Single(), Is.EqualTo(new StatusInfo { Running = true, Status = RunState.Running }));
            Assert.That(holder.None, Is.Null);
            Assert.That(JToken.FromObject(holder, serializer).ToString(Newtonsoft.Json.Formatting.None),
                Is.EqualTo("""{"state":"paused","list":[{"status":"running","running":true}]}"""));
        });
    }

    [Test]
    public void Converter_knows_the_branches_of_a_union()
    {
        var serializer = QmpSerializer.Create(RpcTypes.CreateConverter());
        JToken address = JToken.Parse("""{"type":"unix","path":"/a"}""");
        SocketAddress value = address.ToObject<SocketAddress>(serializer)!;
        Assert.That(JToken.FromObject(value, serializer), Is.EqualTo(address).Using(JToken.EqualityComparer));
    }

    [Test]
    public void Strict_converter_refuses_what_the_schema_does_not_know()
    {
        var serializer = QmpSerializer.Create(RpcTypes.CreateConverter(strict: true));
        JToken unknown = JToken.Parse("""{"status":"running","running":true,"new":1}""");
        Assert.That(
            () => unknown.ToObject<StatusInfo>(serializer),
            Throws.Exception.With.Message.EqualTo("Parameter 'new' is unexpected"));
    }

    private static string[] Names(Type type) =>
        [.. type.GetMethods().Select(m => Attribute(m, typeof(JsonRpcMethodAttribute)))];

    private static string Attribute(ICustomAttributeProvider provider, Type type)
    {
        IEnumerable<CustomAttributeData> all =
            provider is MemberInfo member ? member.CustomAttributes : ((ParameterInfo)provider).CustomAttributes;
        return (string)all.Single(a => a.AttributeType == type).ConstructorArguments[0].Value!;
    }

    private sealed class TakesNothing : IRunStateRpcEvents;

    private sealed record Holder(RunState State, IReadOnlyList<StatusInfo> List, RunState? None);
}
