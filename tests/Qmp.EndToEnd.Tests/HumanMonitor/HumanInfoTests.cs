using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;
using Qmp.EndToEnd.Tests.Interop;
using Qmp.Interop.Emulators;

namespace Qmp.EndToEnd.Tests.HumanMonitor;

/// <summary>What <c>info</c> tells of a machine with disks.</summary>
[TestFixture(EmulatorKind.Qmpd)]
[TestFixture(EmulatorKind.Qemu, Category = "Slow")]
[Parallelizable]
internal sealed partial class HumanInfoTests(EmulatorKind kind)
{
    [TestCase("info cpus", "* CPU #0: thread_id=N\n  CPU #1: thread_id=N\n")]
    [TestCase(
        "info block",
        """
        d0 (NODE): FOLDER/raw (raw)
            Attached to:      /machine/peripheral/v0/virtio-backend
            Cache mode:       writeback, direct

        fl: [not inserted]
            Attached to:      /machine/unattached/device[N]
            Removable device: not locked, tray closed

        ide1-cd0 (NODE): FOLDER/cd (raw, read-only)
            Attached to:      /machine/unattached/device[N]
            Removable device: not locked, tray closed
            Cache mode:       writeback

        """)]
    [TestCase("info block nope", "")]
    [TestCase("info block -n n1", "\nn1: json:{\"read-zeroes\": true, \"driver\": \"null-co\", \"size\": 1024} (null-co)\n    Cache mode:       writeback\n")]
    [TestCase("info block -n n0", "\nn0: null-co:// (null-co)\n    Cache mode:       writeback\n")]
    [TestCase(
        "info block -v d0",
        """
        d0 (NODE): FOLDER/raw (raw)
            Attached to:      /machine/peripheral/v0/virtio-backend
            Cache mode:       writeback, direct

        Images:
        image: FOLDER/raw
        file format: raw
        virtual size: 1.5 MiB (1572864 bytes)
        disk size: SIZE

        """)]
    public async Task Disks_and_processors_are_told_as_QEMU_tells_them(string line, string expected)
    {
        Requirement.Check(kind);
        using var folder = new TemporaryFolder();
        await File.WriteAllBytesAsync(folder.File("raw"), new byte[3 << 19]);
        await File.WriteAllBytesAsync(folder.File("cd"), new byte[1 << 20]);
        await using EmulatorProcess emulator = await EmulatorProcess.StartAsync(
            kind,
            "vm",
            folder,
            "-M", "pc",
            "-S",
            "-smp", "2",
            "-drive", $"file={folder.File("raw")},format=raw,if=none,id=d0,cache=none",
            "-device", "virtio-blk-pci,drive=d0,id=v0",
            "-drive", "if=floppy,id=fl",
            "-cdrom", folder.File("cd"),
            "-blockdev", "driver=null-co,node-name=n0",
            "-blockdev", "driver=null-co,node-name=n1,read-zeroes=on,size=1024",
            "-blockdev", "driver=null-co,node-name=n2");
        JToken answer = await emulator.Monitor.ExecuteRawAsync("human-monitor-command", new JObject { ["command-line"] = line });
        string text = ((string?)answer)!.Replace("\r", "", StringComparison.Ordinal);
        text = text.Replace(folder.File("raw")[..^4], "FOLDER", StringComparison.Ordinal);
        text = Numbers().Replace(text, m => m.Value.StartsWith("(#", StringComparison.Ordinal) ? "(NODE)" : m.Value[..^m.Groups[1].Length] + "N");
        Assert.That(Sizes().Replace(text, "disk size: SIZE"), Is.EqualTo(expected));
    }

    [GeneratedRegex(@"\(#block(\d+)\)|thread_id=(?<1>\d+)|device\[(?<1>\d+)(?=\])")]
    private static partial Regex Numbers();

    [GeneratedRegex("disk size: .*")]
    private static partial Regex Sizes();
}
