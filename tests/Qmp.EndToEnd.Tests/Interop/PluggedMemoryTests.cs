using Newtonsoft.Json.Linq;
using Qmp.Client;
using Qmp.Interop.Emulators;
using Qmp.Types;

namespace Qmp.EndToEnd.Tests.Interop;

/// <summary>Memory that is plugged in, and that of nodes, moves with the guest.</summary>
[TestFixture]
[Parallelizable]
internal sealed class PluggedMemoryTests
{
    private const int Mebibyte = 1 << 20;
    private const long High = 1L << 32; // where plugged memory begins

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder?.Dispose();

    [Test]
    public async Task Memory_is_plugged_in_where_it_is_asked_for([Values] EmulatorKind kind)
    {
        Requirement.Check(kind);
        await using EmulatorProcess vm = await EmulatorProcess.StartAsync(kind, "vm", _folder, "-M", "pc", "-m", "64M,slots=4,maxmem=1G", "-S");
        (string Id, long Size, long? Address, string Answer)[] cases =
        [
            ("d2", 8, High + (16 * Mebibyte), ""),
            ("d1", 16, High, ""),
            ("d3", 8, High + 1, "address must be aligned to 0x200000 bytes"),
            ("d3", 8, High + (16 * Mebibyte), "address range conflicts with memory device id='d2'"),
            ("d3", 8, High / 2, "can't add memory device [0x80000000:0x800000], usable range for memory devices [0x100000000:0x13c000000]"),
            ("d3", 8, null, ""),
        ];
        int number = 0;
        foreach ((string id, long size, long? address, string answer) in cases)
        {
            string memory = $"m{number++}";
            await vm.Monitor.ExecuteRawAsync("object-add", new JObject { ["qom-type"] = "memory-backend-ram", ["id"] = memory, ["size"] = size * Mebibyte });
            var device = new JObject { ["driver"] = "pc-dimm", ["id"] = id, ["memdev"] = memory };
            if (address is not null) device["addr"] = address;
            string said = "";
            try
            {
                await vm.Monitor.ExecuteRawAsync("device_add", device);
            }
            catch (QmpCommandException e)
            {
                said = e.Error.Description;
            }

            Assert.That(said, Is.EqualTo(answer));
        }

        JToken told = await vm.Monitor.ExecuteRawAsync("query-memory-devices");
        Assert.That(
            told.Select(d => ((string?)d["data"]!["id"], (long)d["data"]!["addr"]! - High)),
            Is.EqualTo(((string?, long)[])[("d1", 0), ("d2", 16 * Mebibyte), ("d3", 24 * Mebibyte)]));
    }

    // At the destination it is there from the beginning, as those that manage machines do it.
    [TestCase("pc")]
    [TestCase("q35")]
    public async Task Plugged_memory_moves(string machine)
    {
        string[] words = ["-M", machine, "-m", "64M,slots=2,maxmem=1G"];
        byte[] first = await ImageAsync("first", 16 * Mebibyte, seed: 1);
        byte[] second = await ImageAsync("second", 8 * Mebibyte, seed: 2);
        await using EmulatorProcess src = await EmulatorProcess.StartAsync(EmulatorKind.Qmpd, "src", _folder, words);
        await using EmulatorProcess dst = await EmulatorProcess.StartAsync(
            EmulatorKind.Qmpd,
            "dst",
            _folder,
            [
                .. words,
                "-object", "memory-backend-ram,id=m2,size=8M", "-device", "pc-dimm,id=d2,memdev=m2,slot=1,addr=0x101000000",
                "-object", "memory-backend-ram,id=m1,size=16M", "-device", "pc-dimm,id=d1,memdev=m1,slot=0,addr=0x100000000",
                "-incoming", "defer",
            ]);
        await PlugAsync(src, 1, "first", 16);
        await PlugAsync(src, 2, "second", 8);
        await MoveAsync(src, dst);
        await RequireMemoryAsync(dst, High, first);
        await RequireMemoryAsync(dst, High + first.Length, second);
        JToken told = await dst.Monitor.ExecuteRawAsync("query-memory-devices");
        Assert.That(told.Select(d => ((string?)d["data"]!["id"], (long)d["data"]!["addr"]!)), Is.EqualTo(((string?, long)[])[("d1", High), ("d2", High + first.Length)]));
    }

    [Test]
    public async Task Memory_that_is_not_plugged_in_at_the_destination_is_missed()
    {
        string[] words = ["-M", "pc", "-m", "64M,slots=2,maxmem=1G"];
        await ImageAsync("first", 16 * Mebibyte, seed: 1);
        await using EmulatorProcess src = await EmulatorProcess.StartAsync(EmulatorKind.Qmpd, "src", _folder, words);
        await using EmulatorProcess dst = await EmulatorProcess.StartAsync(EmulatorKind.Qmpd, "dst", _folder, [.. words, "-incoming", "defer"]);
        await PlugAsync(src, 1, "first", 16);
        await MigrateAsync(src, dst);
        Assert.That(dst.Events.LastStatus, Is.EqualTo(MigrationStatus.Failed));
        Assert.That(dst.Complaints, Has.Some.Contains("Unknown ramblock \"m1\", cannot accept migration"));
    }

    [TestCase("pc")]
    [TestCase("q35")]
    public async Task Memory_of_nodes_moves(string machine)
    {
        byte[] first = await ImageAsync("first", 48 * Mebibyte, seed: 3);
        byte[] second = await ImageAsync("second", 16 * Mebibyte, seed: 4);
        string[] words =
        [
            "-M", machine, "-m", "64M,slots=2,maxmem=1G", "-smp", "2",
            "-numa", "node,nodeid=0,cpus=0,memdev=n0", "-numa", "node,nodeid=1,cpus=1,memdev=n1",
        ];
        await using EmulatorProcess src = await EmulatorProcess.StartAsync(
            EmulatorKind.Qmpd,
            "src",
            _folder,
            [.. words, "-object", FileOf("n0", "first", 48), "-object", FileOf("n1", "second", 16)]);
        await using EmulatorProcess dst = await EmulatorProcess.StartAsync(
            EmulatorKind.Qmpd,
            "dst",
            _folder,
            [
                .. words, "-object", "memory-backend-ram,id=n0,size=48M", "-object", "memory-backend-ram,id=n1,size=16M",
                "-object", "memory-backend-ram,id=m1,size=8M", "-device", "pc-dimm,id=d1,memdev=m1,node=1", "-incoming", "defer",
            ]);
        byte[] plugged = await ImageAsync("third", 8 * Mebibyte, seed: 5);
        await PlugAsync(src, 1, "third", 8, node: 1);
        await MoveAsync(src, dst);
        await RequireMemoryAsync(dst, 0, first);
        await RequireMemoryAsync(dst, first.Length, second);
        await RequireMemoryAsync(dst, High, plugged);
        JToken nodes = await dst.Monitor.ExecuteRawAsync("human-monitor-command", new JObject { ["command-line"] = "info numa" });
        Assert.That(
            ((string?)nodes)!.Replace("\r", "", StringComparison.Ordinal),
            Is.EqualTo("2 nodes\nnode 0 cpus: 0\nnode 0 size: 48 MB\nnode 0 plugged: 0 MB\nnode 1 cpus: 1\nnode 1 size: 24 MB\nnode 1 plugged: 8 MB\n"));
    }

    private string FileOf(string id, string name, int mebibytes) =>
        $"memory-backend-file,id={id},size={mebibytes}M,mem-path={_folder.File(name)},share=off";

    private async Task<byte[]> ImageAsync(string name, int length, int seed)
    {
        byte[] image = new byte[length];
        new Random(seed).NextBytes(image);
        await File.WriteAllBytesAsync(_folder.File(name), image);
        return image;
    }

    private async Task PlugAsync(EmulatorProcess emulator, int number, string name, int mebibytes, int node = 0)
    {
        await emulator.Monitor.ExecuteRawAsync("object-add", new JObject
        {
            ["qom-type"] = "memory-backend-file", ["id"] = $"m{number}", ["size"] = (long)mebibytes * Mebibyte, ["mem-path"] = _folder.File(name), ["share"] = false,
        });
        await emulator.Monitor.ExecuteRawAsync(
            "device_add", new JObject { ["driver"] = "pc-dimm", ["id"] = $"d{number}", ["memdev"] = $"m{number}", ["node"] = node });
    }

    private async Task MoveAsync(EmulatorProcess source, EmulatorProcess destination)
    {
        await MigrateAsync(source, destination);
        Assert.That(destination.Events.LastStatus, Is.EqualTo(MigrationStatus.Completed), string.Join('\n', destination.Complaints));
        await destination.QuerySettledRunStateAsync();
    }

    private async Task MigrateAsync(EmulatorProcess source, EmulatorProcess destination)
    {
        string uri = $"unix:{_folder.File("stream")}";
        await source.SwitchOnAsync(MigrationCapability.ReturnPath);
        await destination.SwitchOnAsync(MigrationCapability.ReturnPath);
        await destination.Migration.MigrateIncomingAsync(new() { Uri = uri, ExitOnError = false });
        await source.Migration.MigrateAsync(new() { Uri = uri });
        await source.Events.WhenEndedAsync();
        await destination.Events.WhenEndedAsync();
    }

    // Not by a constraint: those compare byte by byte, and take minutes.
    private static async Task RequireMemoryAsync(EmulatorProcess emulator, long address, byte[] image)
    {
        byte[] memory = await emulator.ReadMemoryAsync(address, image.Length);
        MemoryImage.Compare($"memory of {emulator} at 0x{address:x}", image, memory);
    }
}
