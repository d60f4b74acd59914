using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;
using Qmp.EndToEnd.Tests.Interop;
using Qmp.Interop.Emulators;

namespace Qmp.EndToEnd.Tests.HumanMonitor;

/// <summary>What the human monitor tells of whole machines, beside QEMU: the same text.</summary>
[TestFixture]
[Category("Slow")]
internal sealed partial class HumanTreeTests
{
    private const string Q35 = "-M q35 -nodefaults -S -netdev user,id=n0 -device pcie-root-port,id=p1 -device virtio-net-pci,netdev=n0,id=v0,bus=p1 "
        + "-device qemu-xhci,id=x -device virtio-scsi-pci,id=s0 -device scsi-cd,bus=s0.0,id=cd0 -device virtio-rng-pci "
        + "-device pcie-pci-bridge,id=b -device rtl8139,netdev=n1,bus=b,addr=1 -netdev user,id=n1 -blockdev null-co,node-name=d -device usb-storage,drive=d";

    private const string Pc = "-M pc -nodefaults -S -m 256M,slots=2,maxmem=1G -smp 2,maxcpus=4,sockets=2,cores=2 "
        + "-object memory-backend-ram,id=m1,size=64M -device pc-dimm,memdev=m1,id=d1 -object memory-backend-ram,id=m2,size=32M,share=on "
        + "-object iothread,id=io -netdev user,id=n0 -device pci-bridge,chassis_nr=1,id=b1 -device virtio-net-pci,netdev=n0,id=v0,bus=b1,addr=3 "
        + "-device VGA -device virtio-balloon-pci -device usb-ehci";

    private static readonly string[] Lines =
    [
        "info network", "info pci", "info memdev", "info memory-devices", "info memory_size_summary", "info numa", "info balloon", "info mice",
        "info hotpluggable-cpus", "info iothreads", "info qtree -b",
    ];

    [TestCase("-M none -S")]
    [TestCase("-M pc -S -drive if=floppy,id=f")]
    [TestCase("-M q35 -S")]
    [TestCase(Pc)]
    [TestCase(Q35)]
    public async Task Machines_are_told_as_by_QEMU(string words)
    {
        Requirement.Check(EmulatorKind.Qemu);
        string[] expected = await AskAsync(EmulatorKind.Qemu, words, Lines);
        string[] actual = await AskAsync(EmulatorKind.Qmpd, words, Lines);
        Assert.Multiple(() =>
        {
            for (int i = 0; i < Lines.Length; i++) Assert.That(actual[i], Is.EqualTo(expected[i]), Lines[i]);
        });
    }

    // Properties come in another order, and some are decided by devices that are not here.
    [TestCase(Q35, "virtio-rng-device", "pcie-pci-bridge", "qemu-xhci", "virtio-net-device")]
    [TestCase(Pc, "virtio-balloon-device", "pci-bridge")]
    public async Task Properties_of_devices_are_told_as_by_QEMU(string words, params string[] devices)
    {
        Requirement.Check(EmulatorKind.Qemu);
        ILookup<string, string> expected = ByDevice((await AskAsync(EmulatorKind.Qemu, words, "info qtree"))[0]);
        ILookup<string, string> actual = ByDevice((await AskAsync(EmulatorKind.Qmpd, words, "info qtree"))[0]);
        foreach (string device in devices)
        {
            string[] wrong = [.. actual[device].Except(expected[device]).Where(line => !line.Contains("= \"auto\"", StringComparison.Ordinal) && !IsOfNoDevice(line))];
            Assert.That(wrong, Is.Empty, device);
            Assert.That(actual[device].Count(), Is.GreaterThan(3), device);
        }
    }

    // Ports of a controller are not properties of the device that QEMU lists.
    private static bool IsOfNoDevice(string line) => line.StartsWith("p2 ", StringComparison.Ordinal) || line.StartsWith("p3 ", StringComparison.Ordinal)
        || line.StartsWith("streams ", StringComparison.Ordinal) || line.StartsWith("rom", StringComparison.Ordinal);

    private static ILookup<string, string> ByDevice(string tree)
    {
        var lines = new List<(string Device, string Line)>();
        string device = "";
        foreach (string line in tree.Split('\n').Select(line => line.Trim()))
        {
            if (Device().Match(line) is { Success: true } found) device = found.Groups[1].Value;
            else if (line.Contains('=', StringComparison.Ordinal) || line.StartsWith("class ", StringComparison.Ordinal) || line.StartsWith("bar ", StringComparison.Ordinal)) lines.Add((device, line));
        }

        return lines.ToLookup(l => l.Device, l => l.Line);
    }

    private static async Task<string[]> AskAsync(EmulatorKind kind, string words, params string[] lines)
    {
        using var folder = new TemporaryFolder();
        await using EmulatorProcess emulator = await EmulatorProcess.StartAsync(kind, "vm", folder, words.Split(' '));
        var answers = new List<string>();
        foreach (string line in lines)
        {
            JToken answer = await emulator.Monitor.ExecuteRawAsync("human-monitor-command", new JObject { ["command-line"] = line });
            answers.Add(Chance().Replace(((string?)answer)!.Replace("\r", "", StringComparison.Ordinal), "$1N"));
        }

        return [.. answers];
    }

    [GeneratedRegex(@"(thread_id=|#net)\d+")]
    private static partial Regex Chance();

    [GeneratedRegex("^dev: (.*), id ")]
    private static partial Regex Device();
}
