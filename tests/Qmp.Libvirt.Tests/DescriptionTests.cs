using System.Text.RegularExpressions;
using System.Xml.Linq;
using Qmp.Interop.Emulators;
using Qmp.Libvirt.Tests.Bench;

namespace Qmp.Libvirt.Tests;

/// <summary>What libvirt finds out about an emulator and says about its domains; a real QEMU beside it.</summary>
internal sealed partial class DescriptionTests : LibvirtTests
{
    private const string Vm = DomainXml.DefaultName;

    private static string Qemu { get; } = FindQemu();

    [TestCase("pc")]
    [TestCase("q35")]
    public async Task Capabilities_of_domains_are_those_of_QEMU(string machine)
    {
        string actual = await CapabilitiesAsync(Emulator, machine);
        Assert.That(actual, Does.Contain("<domain>qemu</domain>").And.Contain("<arch>x86_64</arch>"));
        RequireQemu();
        if (EmulatorPrograms.ModulesProblem is { } problem) Assert.Ignore(problem);
        Assert.That(actual, Is.EqualTo(await CapabilitiesAsync(Qemu, machine)));
    }

    [Test]
    public async Task Running_domain_is_described_as_with_QEMU()
    {
        string actual = await DescribeAsync(Emulator);
        Assert.That(actual, Does.Contain("<alias name=\"virtio-disk0\" />").And.Contain("<alias name=\"balloon0\" />"));
        RequireQemu();
        Assert.That(actual, Is.EqualTo(await DescribeAsync(Qemu)));
    }

    private static void RequireQemu()
    {
        if (EmulatorPrograms.QemuProblem is not { } problem) return;
        if (Environment.GetEnvironmentVariable("QMP_REQUIRE_QEMU") == "1") Assert.Fail(problem);
        Assert.Ignore(problem);
    }

    private static string FindQemu()
    {
        string name = EmulatorPrograms.PathOf(EmulatorKind.Qemu);
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists, name);
    }

    private async Task<string> CapabilitiesAsync(string emulator, string machine)
    {
        var xml = XElement.Parse(
            await A.RunAsync("domcapabilities", "--emulatorbin", emulator, "--virttype", "qemu", "--machine", machine));
        xml.Element("path")!.Value = "";
        return xml.ToString();
    }

    // Of a domain that has not run yet: real QEMU would take time from others.
    private async Task<string> DescribeAsync(string emulator)
    {
        await A.DefineAsync(UsualDomain.Of(new() { Emulator = emulator }, Bench.Folder));
        await A.RunAsync("start", Vm, "--paused");
        string text = await A.RunAsync("dumpxml", Vm);
        await A.ForgetAsync();
        string file = Path.Combine(Bench.Folder, "described.xml");
        await File.WriteAllTextAsync(file, text);
        (int status, string verdict) = await Virsh.RunAsync("virt-xml-validate", [file]);
        Assert.That(status, Is.Zero, verdict);

        var xml = XElement.Parse(text);
        xml.SetAttributeValue("id", null);
        xml.Element("devices")!.Element("emulator")!.Value = "";
        return Varying().Replace(xml.ToString(), "");
    }

    // Numbers that count domains and terminals up.
    [GeneratedRegex(@"(?<=/dev/pts/)\d+|(?<=/)(domain-)?\d+(?=-vm/)")]
    private static partial Regex Varying();
}
