using Qmp.Machine.Memory;
using Qmp.Migration.Tests.Support;
using Qmp.Types;

namespace Qmp.Migration.Tests.MappedRam;

/// <summary>Files that real QEMU wrote are read, and what is then written is what QEMU wrote.</summary>
[TestFixture]
internal sealed class MappedCaptureTests
{
    private const ulong RamSize = 64 << 20;

    [TestCase("d_none_mapped_ram", 0, 0)]
    [TestCase("d_none_mapped_ram", 3, 0)]
    [TestCase("d2_none_mapped_ram_offset", 0, 0x2000)]
    [TestCase("d2_none_mapped_ram_offset", 2, 0x2000)]
    [TestCase("d3_none_mapped_ram_multifd", 2, 0)]
    [TestCase("d3_none_mapped_ram_multifd", 0, 0)]
    public void Captured_file_is_read_and_written_again(string name, int channels, int offset)
    {
        using var machines = new MappedMachines();
        byte[] captured = Capture.Read(name);
        File.WriteAllBytes(machines.FileOf("theirs"), captured);
        TestMachine machine = machines.Create(channels, RamSize);
        string suffix = offset > 0 ? $",offset={offset}" : "";
        Assert.That(machines.Load(machine, machines.FileOf("theirs") + suffix), Is.Null);
        Assert.That(machine.Machine.RunState, Is.EqualTo(RunState.Running));
        Assert.That(machines.Log.Warnings, Is.Empty);

        TestMachine next = machines.Create(channels, RamSize);
        byte[] ram = machine.Ram();
        for (int at = 0; at < ram.Length; at += RamBlock.PageSize)
        {
            ReadOnlySpan<byte> page = ram.AsSpan(at, RamBlock.PageSize);
            if (page.ContainsAnyExcept((byte)0)) next.Machine.Memory.Load((ulong)at, page);
        }

        machines.Save(next, machines.FileOf("ours") + suffix);
        byte[] written = File.ReadAllBytes(machines.FileOf("ours"));
        Assert.That(written, Has.Length.EqualTo(captured.Length));
        Assert.That(written.AsSpan(0, offset).ContainsAnyExcept((byte)0), Is.False);
        Assert.That(StreamText.Of(written, start: offset), Is.EqualTo(StreamText.Of(captured, start: offset)));
        Assert.That(StreamText.DescriptionOf(written), Is.EqualTo(StreamText.DescriptionOf(captured)));
        MigrationStats statistics = next.Core.Query().Ram!;
        Assert.That(statistics.Normal, Is.EqualTo(431), "as QEMU counted");
        Assert.That(statistics.Duplicate, Is.EqualTo(15953), "as QEMU counted");
    }
}
