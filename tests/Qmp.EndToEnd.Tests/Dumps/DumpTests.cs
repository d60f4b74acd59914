using System.Buffers.Binary;
using Newtonsoft.Json.Linq;
using Qmp.Client;
using Qmp.EndToEnd.Tests.Interop;
using Qmp.Interop.Emulators;

namespace Qmp.EndToEnd.Tests.Dumps;

/// <summary>Core files of the guest's memory, and what else is asked of memory and processors.</summary>
[TestFixture(EmulatorKind.Qmpd)]
[TestFixture(EmulatorKind.Qemu, Category = "Slow")]
[Parallelizable]
internal sealed class DumpTests(EmulatorKind kind)
{
    // What QEMU 10.0.2 puts before 64 MiB of a machine without processors.
    private const string Header =
        "7F454C4601010100000000000000000004000300010000000000000084000000340000000000000008002000020028000200010000000000"
        + "00000000000000000000000000000000000000000000000000000000000000000000000001000000030000000000000000000000C4000004"
        + "0B0000000000000000000000000000000000000004000000C400000000000000000000000000000000000000000000000000000001000000"
        + "C4000000000000000000000000000004000000040000000000000000";

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp()
    {
        Requirement.Check(kind);
        _folder = new TemporaryFolder();
    }

    [TearDown]
    public void TearDown() => _folder?.Dispose();

    [Test]
    public async Task A_core_file_has_headers_memory_and_names()
    {
        string path = _folder.File("core");
        await using EmulatorProcess emulator = await StartAsync();
        await DoAsync(emulator, "pmemsave", $"{{'val':0,'size':67108864,'filename':'{_folder.File("memory")}'}}");
        await DoAsync(emulator, "dump-guest-memory", $"{{'paging':false,'protocol':'file:{path}'}}");
        byte[] core = await File.ReadAllBytesAsync(path);
        Assert.That(core, Has.Length.EqualTo(67109071));
        Assert.That(Convert.ToHexString(core.AsSpan(0, 196)), Is.EqualTo(Header));
        byte[] memory = await File.ReadAllBytesAsync(_folder.File("memory"));
        Assert.That(core.AsSpan(196, 64 << 20).SequenceEqual(memory), Is.True);
        Assert.That(core.AsSpan(196 + (64 << 20)).ToArray(), Is.EqualTo("\0.shstrtab\0"u8.ToArray()));
        Assert.That(await QueryAsync(emulator), Is.EqualTo(("completed", 64 << 20, 64 << 20)));
    }

    [Test]
    public async Task A_part_of_a_pc_has_notes_of_its_processors()
    {
        string path = _folder.File("core");
        await using EmulatorProcess emulator = await StartAsync("-M", "pc", "-smp", "2", "-S");
        await DoAsync(emulator, "dump-guest-memory", $"{{'paging':true,'protocol':'file:{path}','begin':1048576,'length':8192}}");
        byte[] core = await File.ReadAllBytesAsync(path);
        // Two program headers; two notes for each processor.
        int notes = 192 + (2 * 56);
        int memory = notes + (2 * (20 + 0x90 + 20 + 0x1b8));
        Assert.That(core, Has.Length.EqualTo(memory + 8192 + 11));
        Assert.That(BinaryPrimitives.ReadUInt64LittleEndian(core.AsSpan(192 + 56 + 8)), Is.EqualTo((ulong)memory));
        Assert.That(BinaryPrimitives.ReadUInt64LittleEndian(core.AsSpan(192 + 56 + 24)), Is.EqualTo(1 << 20));
        Assert.That(core.AsSpan(notes + 12, 5).ToArray(), Is.EqualTo("CORE\0"u8.ToArray()));
        Assert.That(BinaryPrimitives.ReadInt32LittleEndian(core.AsSpan(notes + 20 + 24)), Is.EqualTo(1));
        Assert.That(BinaryPrimitives.ReadInt32LittleEndian(core.AsSpan(notes + 20 + 0x90 + 20 + 24)), Is.EqualTo(2));
    }

    [Test]
    public async Task A_running_guest_stands_still_and_goes_on([Values] bool detached)
    {
        string path = _folder.File("core");
        await using EmulatorProcess emulator = await StartAsync();
        using EventSubscription events = emulator.Monitor.Subscribe();
        await DoAsync(emulator, "dump-guest-memory", $"{{'paging':false,'protocol':'file:{path}','detach':{(detached ? "true" : "false")}}}");
        var seen = new List<string>();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (seen.Count < 3 && await events.WaitToReadAsync(patience.Token))
        {
            while (events.TryRead(out QmpEvent? e)) seen.Add(e.Name);
        }

        Assert.That(seen, Is.EqualTo((string[])["STOP", "DUMP_COMPLETED", "RESUME"]));
        Assert.That(await QueryAsync(emulator), Is.EqualTo(("completed", 64 << 20, 64 << 20)));
        Assert.That(new FileInfo(path).Length, Is.EqualTo(67109071));
    }

    [TestCase("dump-guest-memory", "{'paging':false,'protocol':'foo'}", "parameter 'protocol' must start with 'file:' or 'fd:'")]
    [TestCase("dump-guest-memory", "{'paging':false,'protocol':'fd:zz'}", "File descriptor named 'zz' has not been found")]
    [TestCase("dump-guest-memory", "{'paging':false,'protocol':'file:/nonexistent/x'}",
        "Could not create '/nonexistent/x': No such file or directory")]
    [TestCase("dump-guest-memory", "{'paging':false,'protocol':'file:/x','begin':1}", "Parameter 'length' is missing")]
    [TestCase("dump-guest-memory", "{'paging':false,'protocol':'file:/x','length':1}", "Parameter 'begin' is missing")]
    [TestCase("dump-guest-memory", "{'paging':false,'protocol':'file:/x','format':'kdump-zlib','begin':0,'length':1}",
        "kdump-compressed format doesn't support paging or filter")]
    [TestCase("dump-guest-memory", "{'paging':false,'protocol':'file:/x','format':'kdump-lzo'}", "kdump-lzo is not available now")]
    [TestCase("system_wakeup", "{}", "wake-up from suspend is not supported by this guest")]
    [TestCase("inject-nmi", "{}", "machine does not provide NMIs")]
    [TestCase("memsave", "{'val':0,'size':1,'filename':'/x'}", "Parameter 'cpu-index' expects a CPU number")]
    public async Task What_cannot_be_done_is_told(string command, string arguments, string message)
    {
        await using EmulatorProcess emulator = await StartAsync();
        Assert.That(await emulator.Monitor.RefusalAsync(command, JObject.Parse(arguments)), Is.EqualTo(message));
    }

    [TestCase("'begin':0,'length':0", "parameter 'length' expects a non-zero size")]
    [TestCase("'begin':999999999999,'length':1", "dump: no guest memory to dump")]
    public async Task A_dump_of_nothing_has_failed(string range, string message)
    {
        await using EmulatorProcess emulator = await StartAsync();
        Assert.That((await QueryAsync(emulator)).Status, Is.EqualTo("none"));
        JObject arguments = JObject.Parse($"{{'paging':false,'protocol':'file:{_folder.File("core")}',{range}}}");
        Assert.That(await emulator.Monitor.RefusalAsync("dump-guest-memory", arguments), Is.EqualTo(message));
        Assert.That(await QueryAsync(emulator), Is.EqualTo(("failed", 0, 0)));
        Assert.That((string?)(await DoAsync(emulator, "query-status", "{}"))["status"], Is.EqualTo("running"));
    }

    [Test]
    public async Task A_pc_has_interrupts_and_virtual_memory()
    {
        string path = _folder.File("memory");
        await using EmulatorProcess emulator = await StartAsync("-M", "pc", "-S");
        await DoAsync(emulator, "inject-nmi", "{}");
        await DoAsync(emulator, "memsave", $"{{'val':1048576,'size':20,'filename':'{path}'}}");
        Assert.That(new FileInfo(path).Length, Is.EqualTo(20));
        Assert.That(
            await emulator.Monitor.RefusalAsync("memsave", JObject.Parse($"{{'val':4294967296000,'size':4096,'filename':'{path}'}}")),
            Is.EqualTo("Invalid addr 0x000003e800000000/size 4096 specified"));
        Assert.That(
            await emulator.Monitor.RefusalAsync("system_wakeup", []),
            Is.EqualTo("Unable to wake up: guest is not in suspended state"));
    }

    private static async Task<JToken> DoAsync(EmulatorProcess emulator, string command, string arguments) =>
        await emulator.Monitor.ExecuteRawAsync(command, JObject.Parse(arguments));

    private static async Task<(string? Status, int Completed, int Total)> QueryAsync(EmulatorProcess emulator)
    {
        JToken dump = await DoAsync(emulator, "query-dump", "{}");
        return ((string?)dump["status"], (int)dump["completed"]!, (int)dump["total"]!);
    }

    private Task<EmulatorProcess> StartAsync(params string[] words) => EmulatorProcess.StartAsync(kind, "vm", _folder, words);
}
