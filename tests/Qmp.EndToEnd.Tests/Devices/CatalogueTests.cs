using Newtonsoft.Json.Linq;
using Qmp.Emulator.Options;
using Qmp.EndToEnd.Tests.Interop;
using Qmp.Interop.Emulators;

namespace Qmp.EndToEnd.Tests.Devices;

/// <summary>What was recorded of QEMU is what it says now.</summary>
[Category("Slow")]
[TestFixture, Parallelizable]
internal sealed class CatalogueTests
{
    [TestCase("qom-list-types", "{}")]
    [TestCase("qom-list-types", "{'abstract': true}")]
    [TestCase("qom-list-types", "{'implements': 'cpu'}")]
    [TestCase("query-machines", "{}")]
    [TestCase("query-machines", "{'compat-props': true}")]
    [TestCase("query-cpu-definitions", "{}")]
    [TestCase("query-cpu-model-expansion", "{'type': 'full', 'model': {'name': 'qemu64'}}")]
    [TestCase("query-cpu-model-expansion", "{'type': 'static', 'model': {'name': 'Haswell', 'props': {'avx': false}}}")]
    [TestCase("query-tpm-models", "{}")]
    [TestCase("query-tpm-types", "{}")]
    [TestCase("query-sev", "{}")]
    [TestCase("query-stats-schemas", "{}")]
    [TestCase("query-memdev", "{}")]
    public async Task Answer_is_that_of_QEMU(string command, string arguments)
    {
        Requirement.CheckModules();
        Assert.That(
            JToken.DeepEquals(await AskAsync(EmulatorKind.Qmpd, command, arguments), await AskAsync(EmulatorKind.Qemu, command, arguments)));
    }

    // Sentences are left out, and so are lists of values that stand in none.
    [TestCase("device-list-properties", "virtio-blk-pci")]
    [TestCase("device-list-properties", "ide-hd")]
    [TestCase("qom-list-properties", "memory-backend-file")]
    [TestCase("qom-list-properties", "max-x86_64-cpu")]
    [TestCase("qom-list-properties", "none-machine")]
    public async Task Properties_are_those_of_QEMU(string command, string type)
    {
        string arguments = $"{{'typename': '{type}'}}";
        JToken theirs = await AskAsync(EmulatorKind.Qemu, command, arguments);
        JToken ours = await AskAsync(EmulatorKind.Qmpd, command, arguments);
        Assert.That(ours.Where(p => p["description"] is { } text && ((string)text!).Contains(' ', StringComparison.Ordinal)), Is.Empty);
        foreach (JToken property in theirs.Concat(ours)) ((JObject)property).Remove("description");
        Assert.That(JToken.DeepEquals(ours, theirs));
    }

    [TestCase("qom-list-properties", "{'typename': 'nope'}", "Class 'nope' not found")]
    [TestCase("device-list-properties", "{'typename': 'nope'}", "Device 'nope' not found")]
    [TestCase("device-list-properties", "{'typename': 'device'}", "Parameter 'typename' expects a non-abstract device type")]
    [TestCase("query-command-line-options", "{'option': 'nope'}", "invalid option name: nope")]
    [TestCase("query-cpu-model-expansion", "{'type': 'full', 'model': {'name': 'nope'}}", "CPU model 'nope' not found")]
    [TestCase("query-cpu-model-expansion", "{'type': 'full', 'model': {'name': 'qemu64', 'props': {'nope': 1}}}", "Property 'qemu64-x86_64-cpu.nope' not found")]
    [TestCase("query-hotpluggable-cpus", "{}", "machine does not support hot-plugging CPUs")]
    [TestCase("query-balloon", "{}", "No balloon device has been activated")]
    [TestCase("query-sev-capabilities", "{}", "KVM not enabled")]
    [TestCase("query-sgx", "{}", "SGX is only supported on PC machines")]
    [TestCase("qom-list", "{'path': '/nope'}", "Device '/nope' not found")]
    [TestCase("qom-list", "{'path': ''}", "Path '' is ambiguous")]
    [TestCase("qom-get", "{'path': '/machine', 'property': 'nope'}", "Property 'none-machine.nope' not found")]
    [TestCase("qom-set", "{'path': '/machine', 'property': 'type', 'value': 'x'}", "Property 'none-machine.type' is not writable")]
    [TestCase("qom-set", "{'path': '/machine', 'property': 'graphics', 'value': 5}", "Invalid parameter type for 'graphics', expected: boolean")]
    public async Task Refusal_is_that_of_QEMU(string command, string arguments, string refusal)
    {
        using var folder = new TemporaryFolder();
        foreach (EmulatorKind kind in Kinds)
        {
            await using EmulatorProcess vm = await EmulatorProcess.StartAsync(kind, kind.ToString(), folder, "-S");
            Assert.That(await vm.Monitor.RefusalAsync(command, JObject.Parse(arguments)), Is.EqualTo(refusal), kind.ToString());
        }
    }

    [TestCase("-smp", "4,sockets=2,cores=2")]
    [TestCase("-smp", "2,maxcpus=8,dies=2,cores=2")]
    public async Task Processors_are_where_QEMU_has_them(params string[] words)
    {
        JToken[] answers = [await ProcessorsAsync(EmulatorKind.Qmpd, words), await ProcessorsAsync(EmulatorKind.Qemu, words)];
        Assert.That(JToken.DeepEquals(answers[0], answers[1]), answers[0].ToString());
    }

    // People pin them, which needs threads of this process.
    [Test]
    public async Task Each_processor_has_a_thread_of_its_own()
    {
        using var folder = new TemporaryFolder();
        await using EmulatorProcess vm = await EmulatorProcess.StartAsync(EmulatorKind.Qmpd, "vm", folder, "-M", "pc", "-smp", "3", "-pidfile", folder.File("pid"));
        JToken processors = await vm.Monitor.ExecuteRawAsync("query-cpus-fast");
        string pid = (await File.ReadAllTextAsync(folder.File("pid"))).Trim();
        long[] threads = [.. processors.Select(p => (long)p["thread-id"]!)];
        Assert.That(threads, Is.Unique.And.Length.EqualTo(3));
        foreach (long thread in threads) Assert.That(Directory.Exists($"/proc/{pid}/task/{thread}"));
    }

    [TestCase("microvm", "microvm-machine", 1)]
    [TestCase("isapc", "isapc-machine", 1)]
    [TestCase("pc,nvdimm=on,suppress-vmdesc=on", "pc-i440fx-10.0-machine", 1)]
    public async Task Machine_of_QEMU_can_be_named(string machine, string type, int processors)
    {
        using var folder = new TemporaryFolder();
        foreach (EmulatorKind kind in Kinds)
        {
            await using EmulatorProcess vm = await EmulatorProcess.StartAsync(kind, kind.ToString(), folder, "-M", machine, "-S");
            Assert.That((string?)await vm.Monitor.ExecuteRawAsync("qom-get", JObject.Parse("{'path': '/machine', 'property': 'type'}")), Is.EqualTo(type));
            Assert.That((await vm.Monitor.ExecuteRawAsync("query-cpus-fast")).Count(), Is.EqualTo(processors));
        }
    }

    [TestCase("pc,nope=1", "Property 'pc-i440fx-10.0-machine.nope' not found")]
    [TestCase("pc,nvdimm=maybe", "Parameter 'nvdimm' expects 'on' or 'off'")]
    [TestCase("nope", "unsupported machine type: \"nope\"\nUse -machine help to list supported machines")]
    public void Machine_that_QEMU_does_not_have_is_refused(string machine, string refusal) => Assert.That(
        () => CommandLineParser.Parse(["-M", machine]), Throws.TypeOf<CommandLineException>().With.Message.EqualTo(refusal));

    private static EmulatorKind[] Kinds => EmulatorPrograms.QemuProblem is null ? [EmulatorKind.Qmpd, EmulatorKind.Qemu] : [EmulatorKind.Qmpd];

    private static async Task<JToken> AskAsync(EmulatorKind kind, string command, string arguments)
    {
        Requirement.Check(kind);
        using var folder = new TemporaryFolder();
        await using EmulatorProcess vm = await EmulatorProcess.StartAsync(kind, "vm", folder, "-S");
        return await vm.Monitor.ExecuteRawAsync(command, JObject.Parse(arguments));
    }

    private static async Task<JToken> ProcessorsAsync(EmulatorKind kind, string[] words)
    {
        Requirement.Check(kind);
        using var folder = new TemporaryFolder();
        await using EmulatorProcess vm = await EmulatorProcess.StartAsync(kind, "vm", folder, ["-M", "pc", "-S", .. words]);
        JToken processors = await vm.Monitor.ExecuteRawAsync("query-cpus-fast");
        foreach (JToken processor in processors) ((JObject)processor).Remove("thread-id");
        return new JArray(processors, await vm.Monitor.ExecuteRawAsync("query-hotpluggable-cpus"));
    }
}
